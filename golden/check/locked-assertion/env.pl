// With a lock, an assertion about a version holds or does not.
component Php {
  package "php-fpm"
  let v = package("php-fpm").version
  assert v.major >= 8 "PHP {v} is too old"
  //~ E0512 @10-22 refused: PHP 2:7.4+76 is too old
  //~ here: this does not hold
  //~ at 11:47-50: for this instance
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host old { run php = Php }, host new { run php = Php } }
profile local of e { }

// Without a lock, what depends on a version is left out, and everything else is there.
component Php {
  package "php-fpm"
  let v = package("php-fpm").version
  file "/etc/php/{v.major}/php.ini" = text "x"
  file "/etc/version" = text "{v}"
  file "/etc/name" = text package("php-fpm").name
  assert v.major >= 7 "PHP {v} is too old"
  cliff v.minor > 3 "what is new in {v}"
  capacity workers: Int = v.minor
  param port: Int = 9000
  provides http: Http on port
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run php = Php } }
profile local of e { }

// With a lock, what depends on a version is there; `package` is of the host that it stands in.
component Php {
  package "php-fpm"
  let v = package("php-fpm").version
  let dir = "/etc/php/{v.major}.{v.minor}"
  file "{dir}/php.ini" = ini { version = v, upstream = v.upstream, new = v >= version("2:8.2") }
  link "/etc/php/current" = dir
  service fpm { exec = ["/usr/sbin/php-fpm{v.major}.{v.minor}"] }
  assert v.major >= 7 "PHP {v} is too old"
  cliff v.minor > 3 "what is new in {v}"
  capacity workers: Int = v.minor
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host old { run php = Php }
  host new { run php = Php, memory = old.php.v.minor * 1MiB }
  assert new.php.v > old.php.v "not newer"
}
profile local of e { }

// Each construct that is not written in its form is told the form.
use std.web { * }
component C {
  param a = 5
  provides b: Http
  provides c: Http = 80
  requires d = MySql
  file "/a" = "text"
  link "/a"
  service { exec = ["/a"] }
  let e := 1
  param max-connections: Int = 1
}
environment e {
  base = debian
  host "a" { }
  host 3 * b { }
  host c = { }
  host d {
    package "nginx"
    run e C
    run f = C()
    expose f
  }
}
profile a { }
profile b of e {
  memory: 1GiB
  all hosts { memory = 1GiB }
}
}

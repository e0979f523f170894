// Each construct that is not written in its form is told the form.
use std.web { * }
//~ E0107 @15-16 expected a name to use, found `*`
//~ help: write `use a.b { X, Y }`: the module's path, and what of it is used
component C {
  param a = 5
  //~ E0107 @11-12 expected `:`, found `=`
  //~ help: write `param name: Type = default`
  provides b: Http
  //~ E0107 @15-19 expected `on` after this
  //~ help: write `provides name: Protocol on port`
  provides c: Http = 80
  //~ E0107 @20-21 expected `on`, found `=`
  //~ help: write `provides name: Protocol on port`
  requires d = MySql
  //~ E0107 @14-15 expected `:`, found `=`
  //~ help: write `requires name: Protocol`, `requires name: List<Protocol>` or `requires name: Protocol?`
  file "/a" = "text"
  //~ E0107 @15-21 expected a format, as `ini`, `json`, `yaml`, `lines` or `text`, found a string
  //~ help: write `file "/path" = ini { … }`, or `json { … }`, `lines [ … ]`, `text "…"`
  link "/a"
  //~ E0107 @8-12 expected `=` after this
  //~ help: write `link "/path" = "target"`
  service { exec = ["/a"] }
  //~ E0107 @11-12 expected the service's name, found `{`
  //~ help: write `service name { exec = ["/usr/sbin/program"] }`
  let e := 1
  //~ E0107 @10-11 expected a type, found `=`
  //~ help: write a type as `String`, `Int(1..)`, `List<String>` or `{ a: Int }`
  param max-connections: Int = 1
  //~ E0107 @12-13 expected `:`, found `-`
  //~ help: a name has letters, digits and `_`, but no `-`
}
environment e {
  base = debian
  host "a" { }
  //~ E0107 @8-11 expected the host's name, found a string
  //~ help: write `host name { … }`, or `host name * replicas { … }`
  host 3 * b { }
  //~ E0107 @8-9 expected the host's name, found a number
  //~ help: write `host name { … }`, or `host name * replicas { … }`
  host c = { }
  //~ E0107 @10-11 expected `{`, found `=`
  //~ help: write `host name { … }`, or `host name * replicas { … }`
  host d {
    package "nginx"
    //~ E0107 @5-12 expected `run`, `expose`, `memory`, `cpus`, `disk`, `kind`, `kernel` or `base`, found `package`
    //~ help: this belongs into a `component`, which a host then runs
    run e C
    //~ E0107 @11-12 expected `=`, found `C`
    //~ help: write `run name = Component { parameter = value … }`
    run f = C()
    //~ E0107 @14-15 expected `{`, found `(`
    //~ help: write `run name = Component { parameter = value … }`
    expose f
    //~ E0107 @12-13 expected `.` after this
    //~ help: write `expose instance.endpoint`
  }
}
profile a { }
//~ E0107 @11-12 expected `of`, found `{`
//~ help: write `profile name of environment { … }`, or `profile name of environment extends other { … }`
profile b of e {
  memory: 1GiB
  //~ E0107 @9-10 expected `=`, found `:`
  //~ help: write `capacity = value`, `host.memory = value`, `host.instance.capacity = value` or `every host { … }`
  all hosts { memory = 1GiB }
  //~ E0107 @7-12 expected `=`, found `hosts`
  //~ help: write `capacity = value`, `host.memory = value`, `host.instance.capacity = value` or `every host { … }`
}
}
//~ E0107 @1-2 expected an item of the top level, found `}`
//~ help: write one bracket less: everything before is closed already

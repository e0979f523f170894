use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component C {
  param a: Strin = "x"
  //~ E0307 @12-17 unknown type `Strin`
  //~ help: did you mean `String`?
  param b Int = 5
  //~ E0107 @11-14 expected `:`, found `Int`
  //~ help: write `param name: Type = default`
  file "/etc/c" = ini {
    a = 5 +
    //~ E0107 @11-12 expected a value after this
    b = [1, 2
    //~ E0107 @13-14 expected `,` or `]` after this
    //~ help: write a `,` between the elements, and `]` after the last
    c = 3
  }
  servce x { }
  //~ E0107 @3-9 expected a member of the component, found `servce`
  //~ help: did you mean `service`?
  package "c"
}

environment e {
  base = debain
  //~ E0201 @10-16 unknown name `debain`
  //~ help: did you mean `debian`?
  host h {
    run m = MariaDB { buffer_pool = 1, colation = "x" }
    //~ E0301 @37-38 `buffer_pool` of `MariaDB` is `Size(5MiB..)`, this is `Int`
    //~ at std/data.pl: declared here
    //~ help: write a size with its unit, for example `64MiB`
    //~ E0209 @40-48 `MariaDB` has no parameter `colation`
    //~ at std/data.pl: the component
    //~ help: did you mean `collation`?
    run = MariaDB
    //~ E0107 @9-10 expected the instance's name, found `=`
    //~ help: write `run name = Component { parameter = value … }`
    memory = 5
    //~ E0301 @14-15 `memory` is `Size(1B..)`, this is `Int`
    //~ help: write a size with its unit, for example `64MiB`
  }
  hots i { }
  //~ E0107 @3-7 expected a member of the environment, found `hots`
  //~ help: did you mean `host`?
}

profile p of f { }
let = 5
//~ E0107 @5-6 expected a name, found `=`
//~ help: write `let name = value`

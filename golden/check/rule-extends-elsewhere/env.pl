//! A profile of another file's environment, which has the same name and other parameters.

use lib.other { larger }

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  param n: Int = 1
  package "app{n}"
}

environment e {
  base = debian
  param x: Int = 1
  host h { run app = App { n = x } }
}

profile local of e extends larger {}
//~ E0301 @28-34 `larger` is a profile of another environment
//~ at lib/other.pl:13:19-20: of this one

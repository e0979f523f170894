//! What stands in speaks the same protocol, and not another of the same name.

use other { Stub }

protocol P

component Server {
  provides p: P on 80
}

component Client {
  requires to: P
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host s { run s = Server }
  host c { run c = Client { to = s.s.p } }
}

profile local of e {
  double s with Stub because "the server is not under test"
  //~ E0404 @17-21 `p` of `Stub` is `P`, and of what it stands in for `P`
  //~ at 20:38-39: used here, as `P`
  //~ at 8:12-13: `P` here
  //~ at other.pl:4:12-13: `P` here
  //~ at 5:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ at 20:16-17: this uses it
  //~ help: declare `P` in one module, and `use` it in the others
}

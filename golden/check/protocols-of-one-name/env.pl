//! A protocol is its declaration: two modules may each have one of the same name, and what speaks one does not speak the other.

use other { Server, Speaker, speak }
use third { Named }

protocol P

component Client {
  requires one: P
  requires many: List<P>?
}

component Own {
  provides p: P on 81
}

component Listed {
  param ends: { first: Endpoint<P>? }
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host s { run s = Server }
  host o { run s = Own }
  host a { run c = Client { one = s.s.p } }
  //~ E0305 @35-40 `one` of `Client` is `Endpoint<P>`, this is `Endpoint<P>`
  //~ at 9:12-15: required here
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  host b { run c = Client { one = o.s.p, many = [s.s.p] } }
  //~ E0305 @49-56 `many` of `Client` is `List<Endpoint<P>>?`, this is `List<Endpoint<P>>`
  //~ at 10:12-16: required here
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  host c { run c = Client { one = o.s.p, many = s.s.p } }
  //~ E0305 @49-54 `many` of `Client` is `List<Endpoint<P>>?`, this is `Endpoint<P>`
  //~ at 10:12-16: required here
  //~ help: a list is wanted: put it into `[ ]`
  host d { run c = Speaker { to = o.s.p } }
  //~ E0305 @35-40 `to` of `Speaker` is `Endpoint<P>`, this is `Endpoint<P>`
  //~ at other.pl:8:12-14: required here
  //~ at other.pl:1:10-11: the `P` that is wanted
  //~ at 6:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  host f { run c = Speaker { to = s.s.p } }
  host g { run c = Named { to = s.s.p } }
  host h { run c = Listed { ends = { first = s.s.p } } }
  //~ E0301 @46-51 `first` is `Endpoint<P>?`, this is `Endpoint<P>`
  //~ at 18:9-13: declared here
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  host i { run c = Client }
  //~ E0303 @20-26 `c` is not connected: it requires `one`
  //~ at 9:12-15: required here
  //~ help: connect it: `one = o.s.p`
  host j { run c = Speaker }
  //~ E0303 @20-27 `c` is not connected: it requires `to`
  //~ at other.pl:8:12-14: required here
  //~ help: connect it: `to = s.s.p`
  let told = speak(o.s.p)
  //~ E0301 @20-25 `to` of `speak` is `Endpoint<P>`, this is `Endpoint<P>`
  //~ at other.pl:11:10-12: declared here
  //~ at other.pl:1:10-11: the `P` that is wanted
  //~ at 6:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  let listed = [o.s.p, s.s.p]
  //~ E0301 @24-29 a list holds one type: this is `Endpoint<P>`, not `Endpoint<P>`
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ at 71:17-22: `Endpoint<P>` by this
  //~ help: declare `P` in one module, and `use` it in the others
  let chosen = if 1 == 2 then o.s.p else [s.s.p]
  //~ E0301 @42-49 `then` gives `Endpoint<P>`, `else` gives `List<Endpoint<P>>`
  //~ at 77:31-36: `Endpoint<P>`
  let either = if 1 == 2 then o.s.p else s.s.p
  //~ E0301 @42-47 `then` gives `Endpoint<P>`, `else` gives `Endpoint<P>`
  //~ at 80:31-36: `Endpoint<P>`
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ help: declare `P` in one module, and `use` it in the others
  let matched = match 1 { 1 => none, 2 => o.s.p, _ => s.s.p }
  //~ E0301 @55-60 this gives `Endpoint<P>`, what is before it `Endpoint<P>?`
  //~ at 6:10-11: the `P` that is wanted
  //~ at other.pl:1:10-11: another `P`, which is spoken here
  //~ at 86:32-36: `Endpoint<P>?` by this
  //~ help: declare `P` in one module, and `use` it in the others
}

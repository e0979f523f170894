//! What an archive leaves out is as in the environment's base, so that has to have it.
let around = apt { suites = ["bookworm"] }
//~ E0303 @14-17 an archive that is the environment's `base` needs `components` and `signed_by`
//~ help: elsewhere, what is left out is as in the `base`
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment own { base = apt { suites = ["bookworm"] }, host h { } }
//~ E0303 @26-29 an archive that is the environment's `base` needs `components` and `signed_by`
//~ help: elsewhere, what is left out is as in the `base`
environment through { base = around, host h { } }
environment empty { base = apt { suites = [], components = ["main"], signed_by = "k" }, host h { } }
//~ E0303 @28-31 an archive needs at least one suite
environment set { base = debian, host h { } }
profile local of set { }
variant next of set { base = apt { suites = ["trixie"] } }
variant broken of set { base = apt { suites = ["trixie\n"] } }
//~ E0505 @47-59 this value holds a line break, and stands in one line
//~ help: several lines are a list in `lines [ ]`, or `text`
//~ note: a value with a line break could add settings of its own
variant pinned of set {
  package "libc6" = "from me"
  //~ E0510 @21-30 `from me` is not a package's version
  //~ help: as `dpkg -l` shows it: `1:11.8-1+deb12u1`
  package "LIBC" = "2"
  //~ E0510 @11-17 `LIBC` is not a package's name
  //~ help: lower case letters, digits, `+`, `-` and `.`
}

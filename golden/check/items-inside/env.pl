//! What belongs to the top level is told so where it stands inside a block that is closed.

component C {
  param workers: Int = 2

  fn twice(of: Int) -> Int = of * 2
  //~ E0107 @3-5 expected a member of the component, found `fn`
  //~ help: functions stand at the top of a file, outside of all blocks, and are given what they use

  type Mode = "a" | "b"
  //~ E0107 @3-7 expected a member of the component, found `type`
  //~ help: this stands at the top of a file, outside of all blocks

  protocol Admin { scheme = "admin" }
  //~ E0107 @3-11 expected a member of the component, found `protocol`
  //~ help: this stands at the top of a file, outside of all blocks

  file "/etc/workers" = text "{twice(workers)}"
}

environment e {
  base = debian

  archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
  //~ E0107 @3-10 expected a member of the environment, found `archive`
  //~ help: this stands at the top of a file, outside of all blocks

  host h {
    component Inner {
    //~ E0107 @5-14 expected `run`, `expose`, `memory`, `cpus`, `disk`, `kind`, `kernel` or `base`, found `component`
    //~ help: this stands at the top of a file, outside of all blocks
      param a: Int = 1
    }
    run c = C
  }

  profile local of e { h.memory = 1GiB }
  //~ E0107 @3-10 expected a member of the environment, found `profile`
  //~ help: this stands at the top of a file, outside of all blocks
}

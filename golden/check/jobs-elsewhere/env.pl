//! Jobs where they do not belong, and by other names.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  migration tables { exec = ["/usr/bin/make"] }
  //~ E0107 @3-12 expected a member of the component, found `migration`
  //~ help: did you mean `job`?
  job { exec = ["/usr/bin/make"] }
  //~ E0107 @7-8 expected the job's name, found `{`
  //~ help: write `job name { exec = ["/usr/bin/program"] }`
}

environment e {
  base = debian
  host app {
    run app = App
    job tables { exec = ["/usr/bin/make"] }
    //~ E0107 @5-8 expected `run`, `expose`, `memory`, `cpus`, `disk`, `kind`, `kernel` or `base`, found `job`
    //~ help: this belongs into a `component`, which a host then runs
  }
}

//! How a host runs is said by the environment or a profile, and says nothing of what it is.
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let flavour = "rt-amd64"
component C { package "nginx" }
environment e {
  base = debian
  capacity whole: Bool = false
  host plain { run c = C }
  host own { kind = "vm", run c = C }
  host named { kind = "vm", kernel = "linux-image-amd64", run c = C }
  host chosen { kind = if whole then "vm" else "container", kernel = "linux-image-rt-amd64", run c = C }
  host back { kind = "vm", run c = C }
  host set { run c = C }
}
profile local of e {
  every host { memory = 1GiB }
  whole = true
  back.kind = "container"
  set.kind = "vm"
  set.kernel = "linux-image-{flavour}"
}

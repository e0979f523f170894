archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
archive other = apt { suites = ["trixie"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  package "app"
}

environment e {
  base = debian
  capacity base: Int(1..) = 1
  //~ E0202 @12-16 `base` of an environment is the archive that its hosts are made of
  //~ help: give this another name
  host h * base { run app = App }
}

profile local of e {}
variant other_base of e { base = other }

//! A profile that wants a machine wants its kernel locked.
archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "test" }
component Web { package "web" }
environment single {
  base = debian
  host one { run web = Web }
}
profile local of single { one.kind = "vm" }

//! Sizes and rates are told as the language would write them: exactly, with the largest unit that makes that short.

component C {
  capacity whole: Size = 2GiB
  capacity half: Size = 1536MiB
  capacity quarters: Size = 1.25GiB + 512MiB
  capacity tenth: Size = 1GiB * 10%
  capacity odd: Size = 1025B
  capacity below: Size = 512MiB
  capacity more: Size = 1027MiB
  capacity large: Size = 5.5TiB
  capacity none_of_it: Size = 0B
  capacity negative: Size = 0B - 1.5KiB
  capacity rate: Rate = 10MiB/s * 25%
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host h {
    run c = C
    memory = 96GiB + 512MiB
  }
}

profile local of e { }

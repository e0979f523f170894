use lib.base { one }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let size = one + one
let own = "private to the module"
component Part { param n: Int, file "/n" = text "{n} {own}" }

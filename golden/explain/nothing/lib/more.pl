archive next = apt { suites = ["sid"], components = ["main"], signed_by = "debian-archive-keyring" }
fn twice(n: Int) -> Int = 2 * n

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: Int(1..) = 1, param list: List<String> = [] }
environment e { base = debian, host h { run c = C } }
environment f { base = debian, host i { run c = C } }
profile local of e { }

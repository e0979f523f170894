archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
protocol Web { scheme = "http" }
component C {
  file "/a.ini" = ini {
    top = 1
    section = { key = "value", list = ["a", "b"], flag = true, size = 1MiB, "with space" = "" }
    second = { a-b = 0.5 }
    after = "still on top"
  }
  file "/b.json" = json { z = [{ a = "q\"uote" }], a = true, f = 1.5, s = 1KiB, d = 5s }
  file "/c.txt" = text """
    line {1 + 1}
      indented \{ brace
    """ { user = "www-data", group = "adm", mode = 0640 }
  file "/d" = lines []
  link "/e" = "../d"
  state "/var/lib/c" { user = "c", group = "c", mode = 0700 }
  service s {
    exec = ["/bin/s", "a b"], user = "c", ready = ["/bin/r"]
    environment = { B = 2, A = "1" }
  }
  service quick { exec = ["/bin/q"], stop_signal = "SIGQUIT", health = "{web.url}?quick" }
  service asked { exec = ["/bin/q"], health = "{web.url}/well" }
  service bare { exec = ["/bin/q"], health = web.url }
  service unasked { exec = ["/bin/q"], health = none }
  provides web: Web on 8080
  job first { exec = ["/bin/f", "a b"], user = "c", environment = { B = 2, A = "1" } }
  job second { exec = ["/bin/g"], shared = true }
  check ["/bin/s", "-t"] { user = "c" }
  package "one"
  package ["two", "one"]
}
environment e {
  base = debian
  host h { run c = C }
}
profile local of e { }

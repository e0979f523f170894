component C {
  param none_at_all: String?
  param ports: Map<Int> = { b = 2, a = 1 }
  file "/a.ini" = ini {
    top = 1, "with space" = " leading and trailing ", quoted = "\"x\"", semicolon = "a ; b", hash = "a # b", equals = "a = b"
    list = ["a", "b"], empty = "", empty_list = [], none_here = none_at_all, lists_of_options = [none, "x"]
    section = { key = "value", list = [1, 2], none_here = none_at_all, size = 1KiB, time = 30s, version = version("1:2-3") }
    ports = ports
    "section with space" = { a-b.c = true }
    empty_section = {}
  }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

component C {
  param none_at_all: String?
  file "/a.json" = json {
    text = "it's \"x\" \\ / \n\t\u{1}\u{2028}ä", float = 1.0, small = 0.1, big = 9223372036854775807, negative = -1, flag = false
    z = 1, a = 2, none_here = none_at_all, list = [none_at_all, "x"], empty = {}, empty_list = [], "key \"q\"" = 1, "" = 2
    size = 1KiB, rate = 1KiB/s, time = 1500ms, percent = 12.5%, version = version("1:2-3"), path = "/srv"
  }
  file "/word.json" = json "x"
  file "/none.json" = json [none_at_all]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

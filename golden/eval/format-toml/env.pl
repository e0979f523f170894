component C {
  param none_at_all: String?
  file "/a.toml" = toml {
    text = "it's \"x\" \\ # = [a]", lines = "one\ntwo", leading = "  a", control = "\u{1}\t", empty = ""
    after = { x = 1, "quoted key" = 2, "a.b" = 3, deep = { y = [1, 2], "" = "empty" } }
    top = 5, flag = true, float = 1.0, size = 1KiB, time = 30s, none_here = none_at_all
    tables = [{ a = 1 }, { a = 2, b = { c = 3 } }], empty_list = [], empty_table = {}, mixed = [[1], [2, 3]]
    date = "2027-06-30", yes = "true", "key # hash" = "=", a-b = 1
  }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

// Strings that another reader would take for something else are quoted.
component C {
  param none_at_all: String?
  file "/words.yaml" = yaml {
    yes = "yes", no = "no", on = "on", off = "off", y = "y", n = "N", t = "true", f = "False", null = "null"
    tilde = "~", empty = "", real = true, unreal = false
  }
  file "/numbers.yaml" = yaml {
    int = "1", octal = "0755", octal12 = "0o17", hex = "0x1f", binary = "0b11", float = "1.5", exponent = "1e3", infinity = ".inf"
    nan = ".nan", underscore = "1_000", sexagesimal = "12:30:45", date = "2027-06-30", plus = "+1", minus = "-1", dot = ".5"
    real_int = 1, real_float = 1.5, size = 1KiB, time = 30s, percent = 12.5%, rate = 1KiB/s
  }
  file "/signs.yaml" = yaml {
    colon = "a: b", colon_end = "a:", hash = "a # b", hash_begins = "# b", no_hash = "a#b", dash = "- a", question = "? a"
    bracket = "[a]", brace = "\{a\}", anchor = "&a", alias = "*a", tag = "!a", pipe = "|", greater = ">", percent = "%a"
    at = "@a", tick = "`a`", single = "it's", double = "say \"x\"", backslash = "a\\b", comma = "a, b"
    leading = "  a", trailing = "a  ", tab = "\ta", document = "---", end = "..."
  }
  file "/lines.yaml" = yaml {
    two = "one\ntwo", ends = "one\n", begins = "\none", indented = "  one\ntwo", only = "\n", return = "a\u{d}b", control = "\u{1}"
    letters = "äöü ☃ 🦀", invisible = "a\u{200b}b", next_line = "a\u{85}b", separator = "a\u{2028}b"
  }
  file "/keys.yaml" = yaml { "a: b" = 1, "yes" = 2, "" = 3, "# c" = 4, "1" = 5, a-b = 6, "two\nlines" = 7 }
  file "/nested.yaml" = yaml {
    list = ["a: b", "# no", "yes"], empty_list = [], empty = {}, none_here = none_at_all
    deep = { list = [{ a = 1, b = [[1], [2, 3]] }, { a = 2 }, { c = none_at_all }] }
  }
  file "/top-list.yaml" = yaml ["a", "b: c", "# d"]
  file "/top-word.yaml" = yaml "no"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

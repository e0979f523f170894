component C {
  param word: String = "Straße ÄÖ"
  file "/a" = lines [
    "{lower(word)} {upper("straße äö")} [{trim("  a b\t ")}] [{trim("")}]",
    "{contains(word, "ße")} {contains(word, "x")} {contains(word, "")} {starts_with(word, "Str")} {ends_with(word, "ÄÖ")}",
    "{starts_with("a", "ab")} {ends_with("", "")} {starts_with("", "a")}",
    "{replace("a-b-c", "-", "+")} {replace("aaa", "aa", "b")} {replace("abc", "", "x")} {replace("abc", "b", "")}",
    "{join(split("a,b,,c", ","), "|")} {split("", ",").length} {join(split("abc", ""), "|")} {join(split("a::b", "::"), "|")}",
    "{"a" + "b" + "{1}"} {"{"nested {"twice {2}"}"}"}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

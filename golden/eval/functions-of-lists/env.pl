component C {
  param words: List<String> = ["pear", "apple", "fig", "apple"]
  param none_here: List<Int> = []
  file "/a" = lines [
    "first {first(words) ?? "-"} {first(none_here) ?? 0} last {last(words) ?? "-"} {last([1, 2, 3]) ?? 0}",
    "sort {join(sort(words), ",")} {join(sort([3, -1, 2]), ",")} {join(sort([2MiB, 1KiB]), ",")} {join(sort([1.5, 0.5]), ",")}",
    "sort {join(sort([version("1.10"), version("1.9"), version("1:0.1"), version("1.9~rc1")]), ",")}",
    "unique {join(unique(words), ",")} {join(unique([1, 1, 2]), ",")} {unique(none_here).length}",
    "reverse {join(reverse(words), ",")} flatten {join(flatten([[1, 2], [], [3]]), ",")}",
    "present {join(present([1, none, 3]), ",")} {present([none]).length}",
    "contains {contains(words, "fig")} {contains(words, "plum")} {contains([1MiB], 1024KiB)} {contains(none_here, 1)}",
    "sum {sum([1, 2, 3])} {sum([0.5, 0.25])} {sum([1h, 30min])} length {words.length} {none_here.length}",
    "join {join([], ",")}|{join(["a"], ",")}|{join([true, false], "/")}|{join([1.5, 2.0], " ")}|{join([70%, 5%], " ")}",
    "range {join(range(3), ",")} {join(range(2, 5), ",")} {range(0).length} {range(-5).length} {range(5, 2).length}",
    "plus {join(words + ["plum"] + [], ",")}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

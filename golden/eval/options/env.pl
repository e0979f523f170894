type Level = "low" | "high"
fn name(of: String?) -> String = of ?? "nobody"
fn bigger(n: Int?) -> Int? = match n { none => none, n => n + 1 }
component C {
  param given: String? = "x"
  param missing: String?
  param none_said: Int? = none
  param level: Level?
  param list: List<Int>?
  param of_options: List<Int?> = [1, none, 3]
  param deep: { a: { b: Int? }? }?
  file "/a" = lines [
    "{given ?? "-"} {missing ?? "-"} {none_said ?? 7} {level ?? "low"} {name(given)} {name(missing)} {name(none)} {name("y")}",
    "{missing ?? given ?? "last"} {none_said ?? 1 + 2} {bigger(1) ?? 0} {bigger(none_said) ?? 0} {(bigger(bigger(1)) ?? 0) * 10}",
    "{given == "x"} {missing == none} {missing != none} {none_said == 7} {given == missing} {none_said == none}",
    "{(list ?? []).length} {sum(list ?? [1, 2])} {present(of_options).length} {join(["{n ?? 0}" for n in of_options], ",")}",
    "{if given == none then "none" else "some"} {(deep ?? { a = none }).a == none}",
    missing, given,
  ]
  file "/b.json" = json { given = given, missing = missing, list = of_options, level = level }
  service s { exec = ["/a"], environment = { GIVEN = given, MISSING = missing } }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host h { run c = C }
  host i { run c = C { missing = "set", level = "high", list = [5], deep = { a = { b = 1 } } } }
}
profile local of e { }

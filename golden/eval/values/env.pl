archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let module_value = 6 * 7
component C {
  capacity size: Size = 1GiB
  param names: List<String> = ["b", "a"]
  param time: Duration = 90s
  param deep: { a: Int, b: { c: String } } = { a = 1, b = { c = "x" } }
  file "/values" = lines [
    "{module_value} {1 + 2 * 3} {7 / 2} {-7 / 2} {0755} {1.5 * 2.0}",
    "{size} {size.mib} {size.gib} {size * 70%} {size / 3} {size / 1MiB} {3 * size}",
    "{time} {time.seconds} {time.milliseconds} {1500ms} {2h} {50% + 12.5%} {10 * 75%}",
    "{true and not false} {1 < 2 or 1 / 0 == 1} {"a" == "b"} {1KiB == 1024B}",
    if names.length > 1 then "several" else "one",
    names, [["n {n}"] for n in names + ["c"] if n != "b"],
    deep.b.c, "{deep.a}" + "!",
  ]
}
environment e {
  base = debian
  host h { run c = C }
}
profile local of e { }

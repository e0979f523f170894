component C {
  param sizes: Map<Size> = { small = 1MiB, large = 1GiB }
  param words: List<String> = ["a", "b"]
  let n = 100
  let squares = [n * n for n in range(4)]
  let pairs = flatten([["{a}{b}" for b in words if a != b or n > 1] for a in words])
  let table = { "{p}!" = { first = p, long = p == "ab" } for p in pairs }
  let inverted = { "{v}" = k for k, v in sizes }
  file "/a" = lines [
    "{join(squares, ",")} {n} {join(pairs, ",")}",
    ["{k} {v.first} {v.long}" for k, v in table if k != "aa!"],
    ["{k}={v}" for k, v in inverted],
    [["{x}-{y}" for y in [1, 2]] for x in words],
    [x for x in []],
  ]
  file "/b.json" = json { table = table, empty = { "{x}" = 1 for x in [] } }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

fn named(m: Map<Int>) -> String = join(m.keys, "+")
component C {
  param m: Map<Int> = { b = 2, a = 1, "c d" = 3 }
  // Keys are only keys, also where they are called as a map's members are.
  param odd: Map<String> = { keys = "k", values = "v", length = "l" }
  param empty: Map<Int> = {}
  param may: Map<Int>?
  let made = { "{k}{v}" = v * 10 for k, v in m if v != 2 }
  let of_list = { "n{n}" = n for n in range(3) }
  file "/a" = lines [
    "{join(m.keys, ",")} {m.length} {sum(m.values)} {m["a"] ?? 0} {m["z"] ?? 9} {m["c d"] ?? 0}",
    "{join(odd.keys, ",")} {odd.length} {join(odd.values, ",")} {odd["keys"] ?? ""}",
    "{empty.length} {named(empty)} {named({ x = 1, y = 2 })} {named(may ?? {})} {(may ?? m).length}",
    "{join(["{k}={v}" for k, v in made], ",")} {join(of_list.keys, ",")} {{ a = 5 }["a"]}",
  ]
  file "/b.json" = json { m = m, made = made, odd = odd, empty = empty }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

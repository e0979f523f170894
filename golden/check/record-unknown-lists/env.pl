// Records of other fields make one type: what only some of them have may be `none`.
component C {
  let all = [{ a = 1 }, { b = "x" }, { a = 2, b = "y" }]
  file "/a.json" = json all
  file "/b" = lines ["{x.a}" for x in all]
  //~ E0301 @24-27 a string cannot hold `Int?`
  //~ help: say what stands there instead of `none`: `value ?? ""`
  file "/c" = lines ["{x.a ?? 0} {x.b ?? ""} {x.c}" for x in all]
  //~ E0210 @49-50 `{ a: Int?, b: String? }` has no `c`
  //~ help: there is `a`, `b`
  let mixed = [{ a = 1 }, { a = "x" }]
  //~ E0301 @27-38 a list holds one type: this is `{ a: String }`, not `{ a: Int }`
  //~ at 11:16-25: `{ a: Int }` by this
}

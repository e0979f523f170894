// A pattern is something that the value can be.
component C {
  param n: Int(1..=9) = 1
  param size: Size = 1MiB
  param float: Float = 1.0
  param path: Path = "/srv"
  param flag: Bool = true
  param none_or: Int?
  param list: List<Int> = []
  let a = match n { 0 => "zero", 10 => "ten", -1 => "minus", 1 => "one", _ => "more" }
  //~ E0311 @21-22 `Int(1..=9)` is never `0`
  //~ help: a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; other values are compared: `if a == b then … else …`
  //~ E0311 @34-36 `Int(1..=9)` is never `10`
  //~ help: a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; other values are compared: `if a == b then … else …`
  //~ E0311 @47-49 `Int(1..=9)` is never `-1`
  //~ help: a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; other values are compared: `if a == b then … else …`
  let b = match size { 1 => "one", _ => "more" }
  //~ E0311 @24-25 `Size` is never `Int`
  //~ help: a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; other values are compared: `if a == b then … else …`
  let c = match float { 1 => "one", _ => "more" }
  //~ E0311 @25-26 `Float` is never `Int`
  //~ help: a pattern is a string, a whole number, `true`, `false`, `none`, a name or `_`; other values are compared: `if a == b then … else …`
  let d = match path { "/srv" => "srv", "srv" => "no path", _ => "other" }
  //~ E0311 @41-46 `Path` is never `srv`
  let e = match flag { true => 1, false => 2, _ => 3 }
  //~ E0311 @47-48 this is never reached: the patterns before it meet it all
  let f = match flag { "true" => 1, _ => 2 }
  //~ E0311 @24-30 `Bool` is never `"true"`
  let g = match none_or { 1 => "one", none => "none", _ => "more" }
  let h = match none_or { x => x + 1 }
  //~ E0302 @32-33 `+` does not apply to `Int?` and `Int`
  //~ here: `Int?`
  //~ at 30:36-37: `Int`
  //~ help: it may be `none`: say what is meant then, as `(value ?? other)`
  let i = match none_or { none => 0, x => x + 1 }
  let j = match none_or { 1 => 1, x => x }
  let k = match list { x => x.length }
  let l = match list { "a" => 1, _ => 2 }
  //~ E0311 @24-27 `List<Int>` is never `"a"`
}

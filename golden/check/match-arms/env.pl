// All arms give one type, and each can be met.
type Role = "primary" | "replica"
component C {
  param role: Role = "primary"
  param n: Int = 1
  let a = match role { "primary" => 1, "replica" => "two" }
  //~ E0301 @53-58 this gives `String`, what is before it `Int`
  //~ at 6:37-38: `Int` by this
  let b = match role { _ => 1, "primary" => 2 }
  //~ E0311 @32-41 this is never reached: the patterns before it meet it all
  let c = match n { 1 | 1 => "one", x => "{x}" }
  //~ E0311 @25-26 this is never reached: the patterns before it meet it all
  //~ at 11:21-22: met here already
  let d = match n { x | y => "{x}" }
  //~ E0311 @25-26 this is never reached: the patterns before it meet it all
  let e = match n { 1 => none, _ => 5 }
  let f = "{e ?? 0}"
  let g: Role = match n { 1 => "primary", _ => "replica" }
  let h: Role = match n { 1 => "primary", _ => "other" }
  //~ E0301 @17-57 `h` is `Role`, this is `String`
  //~ help: it may be `other`, which `Role` has not
  let i = match n { 1 => 1MiB, _ => 1s }
  //~ E0301 @37-39 this gives `Duration`, what is before it `Size`
  //~ at 22:26-30: `Size` by this
  let j = match n { }
  //~ E0310 @17-18 nothing is said for every other `Int`
  //~ help: add what is missing, or `_ => …` for all that is left
  let k = match "a" { "a" => 1, "b" => 2 }
  //~ E0310 @17-20 nothing is said for every other `String`
  //~ help: add what is missing, or `_ => …` for all that is left
  //~ E0311 @33-36 `String` is never `b`
  let l = match n { x => y }
  //~ E0201 @26-27 unknown name `y`
}

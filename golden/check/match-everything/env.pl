archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
type Role = "primary" | "replica" | "arbiter"
component C {
  param role: Role = "primary"
  param count: Int = 1
  param flag: Bool? = none
  let a = match role { "primary" => 1, "replica" => 2 }
  //~ E0310 @17-21 nothing is said for `"arbiter"`
  //~ help: add what is missing, or `_ => …` for all that is left
  let b = match role { "primary" => 1, "replcia" => 2, other => 3 }
  //~ E0311 @40-49 `Role` is never `replcia`
  //~ help: did you mean `replica`?
  let c = match role { "primary" | "replica" => 1, "primary" => 2, "arbiter" => 3, other => 4 }
  //~ E0311 @52-61 this is never reached: the patterns before it meet it all
  //~ at 13:24-33: met here already
  //~ E0311 @84-89 this is never reached: the patterns before it meet it all
  let d = match count { 1 => "one", 2 => "two" }
  //~ E0310 @17-22 nothing is said for every other `Int`
  //~ help: add what is missing, or `_ => …` for all that is left
  let f = match flag { true => 1 }
  //~ E0310 @17-21 nothing is said for `none`, `false`
  //~ help: add what is missing, or `_ => …` for all that is left
  let g = match count { none => 1, n => n }
  //~ E0311 @25-29 `Int` is never `none`
  let h = match role { 5 => 1, other => 2 }
  //~ E0311 @24-25 `Role` is never `Int`
}

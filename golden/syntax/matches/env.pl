let a = match role { "primary" | "replica" => 1, other => 2 }
let b = match n {
  -1 => "minus"
  0 | 1 => "few"
  _ => match flag { true => "yes", false => "no", none => "none" }
}
let c = if match a { 1 => true, _ => false } then 1 else match b { "" => 2, _ => 3 }
let d = (match x { y => y }).z

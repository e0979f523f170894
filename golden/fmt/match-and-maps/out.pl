let a = match e { "a" | "b" => 1, 2 => f(x), true => 3, none => { a = 1 }, other => other, _ => -1 }

let b = match a.b {
  "one" => 1
  "two" | "three" => match c { none => 2, _ => 3 }
  _ => if x then 4 else 5
}

let c = { "{k}" = v for k, v in m }
let d = { "{x.name}" = x.port for x in xs if x.port > 1 }
let e = [k for k, v in m]

let f = {
  "{name}-long-key-of-a-map" = "a value that makes it longer than a line can be, which breaks the bracket"
    for name in names
}

let g = {
  "{name}-long-key-of-a-map" = "a value that makes it longer than a line can be, to break it"
    for name in names
}

let h = match e {
  0 => a,
  -1 => b,
  1 => c
}

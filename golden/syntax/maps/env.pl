let a = { "{k}-x" = v for k, v in m if v > 1 }
let b = { "a" = 1, b-c = 2, d.e = 3 }
let c = m["key"] ?? n["a{b}"]["c"] ?? 0
let e = f(m)["x"].y
let g = a ?? b ?? c == d and e or not h ?? i
let j = {}
let k = [{}]

let a = { bind-address = 1, a-b.c-2.d = 2, plain=3, "a b"=4, pm.max_children=5, if=6, for = 7, x-2027 = 8 }
let b = a-b
let c = {
  bind-address = a-b
  x = y -z
  host-name = 1 // a comment behind a key
}
let d = a.if + a.for.in

let a = - 1
let b = -1 - -1
let c = [-1, - x, 2-1, a -1, (-1), (a)-1, f(-1)-1, f(a, - 1), m["k"]-1, {a=-1}.a]
let d = if -1 < - a then -1 else - b
let e = not -1 == -1
let f = - - 1
let g = x * -1 / - 2 + - 3
let h = match - x { -1 => - 1, 2 => a-1 }
type T = Int(-5 ..=- 1)
type U = Int( ..-1)
component C {
  provides a: Http on - 1
  assert -1 < x "a"
  package "x" + - y
}

let precedence = 1 + 2 * 3 - 4 / 2 == 5 and not false or 1 < 2
let left = 1 - 2 - 3
let brackets = (1 + 2) * 3
let negative = -5 + - -6
let choice = if a == b then 1 else if c then 2 else 3
let loop = [x.y.z for x in xs if x.n > 3]
let lists = [[], [1], [1, 2,],]
let record = { a = { b = [{ c = 1 }] } }
let over_lines = a
  + b
  * c

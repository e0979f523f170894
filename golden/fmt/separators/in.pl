component C { package "a"; package "b";
package "c",
package "d"
,
package "e" }
let a = { x = 1, y = 2, }
let b = [1, 2, ]
let c = f(1, 2, )
let d = {
  x = 1,
  y = 2; z = 3
}
let e = [
  f(1,
    2), 3
  , 4]
use lib { component, archive, x }
use other {
  archive, component
  x, type,
}

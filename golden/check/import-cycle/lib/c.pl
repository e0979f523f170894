use lib.a { x }
let z = 1

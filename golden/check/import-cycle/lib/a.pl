use lib.b { y }
let x = 1

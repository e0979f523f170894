use lib.c { z }
let y = 1

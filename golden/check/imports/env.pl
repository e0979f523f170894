use lib.a { x, xx }
use lib.none { y }
use std.wbe { HAProxy }
use std.web { HAProxi, Apache }
let x = 1

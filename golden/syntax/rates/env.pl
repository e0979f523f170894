// A size that `/s` touches is a rate; anything else is a division.
let a = 10MiB/s
let b = 10MiB / s
let c = 10MiB/s2
let d = 1.5KiB/s
let e = 10MiB/s / 2
let f: Rate(1KiB/s..=1MiB/s) = 1KiB/s
let g = 10/s
let h = 10MiB/s.x
let i = 10s/s

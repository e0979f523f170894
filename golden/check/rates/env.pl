let a = 10MB/s
//~ E0106 @9-13 unknown unit `MB`
//~ help: did you mean `MiB`? sizes are B, KiB, MiB, GiB, TiB, durations ms, s, min, h, d, rates a size and `/s`
let b = 10MiB/min
//~ E0301 @15-18 `min` is a function, not a value
//~ help: call it: `min(a, b)`
let c = 10Mbit/s
//~ E0106 @9-15 unknown unit `Mbit`
//~ help: sizes are B, KiB, MiB, GiB, TiB, durations ms, s, min, h, d, rates a size and `/s`
let d = 10MiB/s + 10MiB
//~ E0302 @9-16 `+` does not apply to `Rate` and `Size`
//~ here: `Rate`
//~ at 10:19-24: `Size`
//~ help: both sides need the same unit
let e = 10MiB/s * 10MiB/s
//~ E0302 @9-16 `*` does not apply to `Rate` and `Rate`
//~ here: `Rate`
//~ at 15:19-26: `Rate`
//~ help: multiply by a number or a percentage, or a rate by a duration
let f = 0.3B/s
//~ E0106 @9-15 `0.3` is finer than its unit can say
//~ help: use a smaller unit and a whole number
let g: Rate = 10MiB
//~ E0301 @15-20 `g` is `Rate`, this is `Size`
//~ help: write a rate with its unit, for example `10MiB/s`
let s = 1s
let h = 10MiB/s
let i = 10MiB / s
let j: Rate = i

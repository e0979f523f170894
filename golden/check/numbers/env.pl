let a = 9223372036854775807
let b = 9223372036854775808
//~ E0106 @9-28 the number `9223372036854775808` is too large
//~ help: whole numbers go up to 9223372036854775807
let c = 08
//~ E0106 @9-11 `08` is not an octal number
//~ help: a number that begins with `0` is octal, as file modes are
let d = 0.3B
//~ E0106 @9-13 `0.3` is finer than its unit can say
//~ help: use a smaller unit and a whole number
let e = 1.5KiB
let f = 99999999999999TiB
//~ E0106 @9-26 the number `99999999999999` is too large
//~ help: whole numbers go up to 9223372036854775807

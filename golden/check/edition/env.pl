edition = 2
//~ E0110 @1-12 edition 2 of the language is not known
//~ help: this plc knows `edition = 1`
// What follows is read all the same.
let a = 1 + "x"
//~ E0302 @9-10 `+` does not apply to `Int` and `String`
//~ here: `Int`
//~ at 5:13-16: `String`
//~ help: put values into strings by interpolation: `"{value}"`

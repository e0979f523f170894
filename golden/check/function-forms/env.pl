// Each part of a function has its place, and a call touches its name.
fn a(x) -> Int = x
//~ E0107 @7-8 expected `:`, found `)`
//~ help: write `fn name(parameter: Type) -> Type = value`
fn b(x: Int) = x
//~ E0107 @14-15 expected `->`, found `=`
//~ help: write `fn name(parameter: Type) -> Type = value`
fn c(x: Int) -> Int { x }
//~ E0107 @21-22 expected `=`, found `{`
//~ help: write `fn name(parameter: Type) -> Type = value`
fn true() -> Int = 1
//~ E0107 @4-8 `true` is a word of the language and cannot be a name
//~ help: take another name
fn d(x: Int y: Int) -> Int = x
//~ E0107 @13-14 expected `,` or `)`, found `y`
//~ help: write `fn name(parameter: Type) -> Type = value`
fn (x: Int) -> Int = x
//~ E0107 @4-5 expected the function's name, found `(`
//~ help: write `fn name(parameter: Type) -> Type = value`
let e = max (1, 2)
//~ E0107 @13-14 expected an item of the top level, found `(`
//~ help: a function's `(` touches its name: `min(a, b)`
let f = { a = max (1, 2), b = 5 }
//~ E0107 @19-20 expected `,`, a new line or `}`, found `(`
//~ help: a function's `(` touches its name: `min(a, b)`
let g = max(1, 2
//~ E0107 @16-17 expected `,` or `)` after this
//~ help: write a `,` between the arguments, and `)` after the last
let h = max(1 2)
//~ E0107 @15-16 expected `,` or `)`, found a number
//~ help: write a `,` between the arguments, and `)` after the last
let i = "x" ["y"]
//~ E0107 @13-14 expected an item of the top level, found `[`
//~ help: the `[` of a key touches what it is taken of: `map["key"]`
let j = max(,)
//~ E0107 @13-14 expected a value, found `,`
function k() -> Int = 1

let a = { "a" = x for x in [1] }
//~ E0107 @19-22 expected `,`, a new line or `}`, found `for`
//~ help: a map has keys with an interpolation: `{ "{name}" = value for name in list }`
let b = { a = x for x in [1] }
//~ E0107 @17-20 expected `,`, a new line or `}`, found `for`
//~ help: a map has keys with an interpolation: `{ "{name}" = value for name in list }`
let c = [x, y for x in [1]]
//~ E0107 @15-18 expected `,` or `]`, found `for`
//~ help: write one value before `for`: `[value for name in list]`
let d = [x for x [1]]
//~ E0107 @18-19 expected `in`, found `[`
//~ help: write `[value for name in list]`
let e = [x for "x" in [1]]
//~ E0107 @16-19 expected a name for the element, found a string
//~ help: write `[value for name in list]`
let f = [for x in [1]]
//~ E0107 @10-13 expected a value, found `for`
//~ help: write `[value for name in list]`
let g = { "{x}" = x }
//~ E0107 @21-22 expected `for`, found `}`
//~ help: write `{ "{name}" = value for name in list }`
let h = { "{x}" = x, "{y}" = 1 for x in [1] }
//~ E0107 @20-21 expected `for`, found `,`
//~ help: write `{ "{name}" = value for name in list }`
let i = [x for x, y, z in [1]]
//~ E0107 @20-21 expected `in`, found `,`
//~ help: write `[value for name in list]`
let j = [x if x > 1 for x in [1]]
//~ E0107 @12-14 expected `,` or `]`, found `if`
//~ help: write the condition last: `[value for name in list if condition]`
let k = [x for x in [1] if]
//~ E0107 @27-28 expected a value, found `]`

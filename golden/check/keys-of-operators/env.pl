// On a line of its own, a key `or` would go on with the value before it; so it is none on the same line either.
let a = { first = "x", or = "y" }
//~ E0107 @24-26 expected a key, found `or`
//~ help: write `"or" = value`, in quotes
let b = { and = 1 }
//~ E0107 @11-14 expected a key, found `and`
//~ help: write `"and" = value`, in quotes
let c = { "or" = 1, "and" = 2, if = 3, match = 4, or-else = 5 }
//~ E0107 @51-53 expected a key, found `or`
//~ help: write `"or" = value`, in quotes
let d = { order = 1, not = 2 }

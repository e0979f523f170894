let a = match 1 { 1 -> 2, _ => 3 }
//~ E0107 @21-23 expected `=>`, found `->`
//~ help: write `match value { "one" | "two" => result, _ => result }`
let b = match 1 { 1: 2 }
//~ E0107 @20-21 expected `=>`, found `:`
//~ help: write `match value { "one" | "two" => result, _ => result }`
let c = match { 1 => 2 }
//~ E0107 @15-16 expected what is looked at, found `{`
//~ help: write `match value { "one" | "two" => result, _ => result }`
let d = match 1 1 => 2
//~ E0107 @17-18 expected `{`, found a number
//~ help: write `match value { "one" | "two" => result, _ => result }`
let e = match 1 { 1.5 => 2, 1MiB => 3, "{x}" => 4, [1] => 5, x.y => 6, 1 | => 7 }
//~ E0107 @19-22 expected a pattern: a string, a whole number, `true`, `false`, `none`, a name or `_`, found a number
//~ help: write `match value { "one" | "two" => result, _ => result }`
//~ E0107 @29-33 expected a pattern: a string, a whole number, `true`, `false`, `none`, a name or `_`, found a size
//~ help: write `match value { "one" | "two" => result, _ => result }`
//~ E0107 @40-45 expected a string without interpolation, found a string
//~ help: write `match value { "one" | "two" => result, _ => result }`
//~ E0107 @52-53 expected a pattern: a string, a whole number, `true`, `false`, `none`, a name or `_`, found `[`
//~ help: write `match value { "one" | "two" => result, _ => result }`
//~ E0107 @63-64 expected `=>`, found `.`
//~ help: write `match value { "one" | "two" => result, _ => result }`
//~ E0107 @76-78 expected a pattern: a string, a whole number, `true`, `false`, `none`, a name or `_`, found `=>`
//~ help: write `match value { "one" | "two" => result, _ => result }`
let f = match 1 { _ => 1 }.x
//~ E0107 @27-28 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `.`
let g = match 1 { if => 1 }
//~ E0107 @19-21 `if` is a word of the language and cannot be a name
//~ help: take another name
let h = match 1 { 1 => 2 _ => 3 }
//~ E0107 @26-27 expected `,`, a new line or `}`, found `_`

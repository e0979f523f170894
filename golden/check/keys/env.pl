//! A key is written without blanks, and holds what stands there.

let good = { a-b.c-2 = 1, "a- b" = 2, "a-007" = 3 }

let blank_behind = { a- b = 1 }
//~ E0107 @25-26 expected the rest of the key, found `b`
//~ help: write a key without blanks, or as a string: `"key" = value`

let blank_before = { a -b = 1 }
//~ E0107 @24-25 expected `=`, found `-`
//~ help: write `key = value`

let blank_behind_dot = { a. b = 1 }
//~ E0107 @29-30 expected the rest of the key, found `b`
//~ help: write a key without blanks, or as a string: `"key" = value`

let broken = { a-
//~ E0107 @17-18 expected the rest of the key after this
//~ help: write a key without blanks, or as a string: `"key" = value`
  b = 1 }

let octal = { a-0755 = 1 }
//~ E0107 @17-21 a number inside a key is written in plain digits
//~ help: write a key without blanks, or as a string: `"key" = value`

let separated = { a-1_000 = 1 }
//~ E0107 @21-26 a number inside a key is written in plain digits
//~ help: write a key without blanks, or as a string: `"key" = value`

let fraction = { a-1.5 = 1 }
//~ E0107 @20-23 expected the rest of the key, found a number
//~ help: write a key without blanks, or as a string: `"key" = value`

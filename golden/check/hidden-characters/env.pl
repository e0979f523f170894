let a = "​"
//~ E0102 @1-2 a character that cannot be seen (U+FEFF) in the source
//~ help: save the file as UTF-8 without a byte order mark
//~ note: what a reviewer sees must be what is compiled
//~ E0102 @11-12 a character that cannot be seen (U+200B) in the source
//~ help: remove it; in a string, write `\u{200b}`
//~ note: what a reviewer sees must be what is compiled
let b­ = 1
//~ E0102 @6-7 a character that cannot be seen (U+00AD) in the source
//~ help: remove it; in a string, write `\u{ad}`
//~ note: what a reviewer sees must be what is compiled
let c = " "
//~ E0102 @10-11 a character that reorders text (U+2028) in the source
//~ help: remove it; in a string, write `\u{2028}`
//~ note: what a reviewer sees must be what is compiled
let d = "a‍b"
let e = 'un⁠closed
//~ E0103 @9-10 unexpected `'`
//~ help: a string stands between `"` and `"`
//~ E0102 @12-13 a character that cannot be seen (U+2060) in the source
//~ help: remove it; in a string, write `\u{2060}`
//~ note: what a reviewer sees must be what is compiled

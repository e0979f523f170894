//! A comment of the file may come first.
edition = "1"
//~ E0107 @11-14 expected the edition's number, found a string
let a = 1

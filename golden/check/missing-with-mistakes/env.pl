//! Where a file could not be read whole, what seems to be missing may be in the rest: protocols, and what a comment names.
//! What is nearly the name of something that is there is told all the same.

protocol { Spoken }
//~ E0107 @10-11 expected the protocol's name, found `{`
//~ help: write `protocol Name`, or `protocol Name { scheme = "http" }`

fn half(of: Int) -> Int = = of / 2
//~ E0107 @27-28 expected a value, found `=`

let read = 1

/// Serves {size} pages to {Nobody}, as {half} says, or {sise}.
//~ E0212 @58-62 the doc comment speaks of `sise`, which is not there
//~ help: did you mean `size`?
//~ note: a comment that names what is there cannot outlive it
component Server {
  capacity size: Int = read
  provides admin: Spoken on 1
  requires other: Htpp
  //~ E0211 @19-23 unknown protocol `Htpp`
  //~ help: did you mean `Http`?
}

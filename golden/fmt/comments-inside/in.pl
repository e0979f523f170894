let a = // why
  1
let b =
  // on lines of its own
    // another
  1 + // one
  2 // of the whole
    + 3
let c = f( // beside the bracket
  1, 2)
let d = if x // condition
  then 1 // yes
  else 2 // no
let e = m[ // the key
 "k"]
type T = List< // of these
  Int>
component C // the name
{
  package "x" // trails
}
fn f(a: Int, // the first
     b: Int) // the result
  -> Int = a
let g = [ x // each
  for x in xs // of these
  if x > 1 ]

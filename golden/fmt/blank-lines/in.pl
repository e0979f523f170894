

//! Doc.
use a { b }


use c { d }
use e { f }
let a = 1
let b = 2


let c = 3
let d = {
  a = 1
}
let e = 5
type T = Int
type U = Int
fn f(a: Int) -> Int = a
fn g(a: Int) -> Int = a
/// Doc.

component C {


  package "a"


  package "b"
  package "c"

  // comment


  // comment

  package "d"


}
component D {
  package [

    "a",


    "b",

  ]
}


protocol Http
/// One line each, its doc apart.
protocol Smtp { port = 25 }
assert a "a"
assert b "b"
profile p of e { }
profile q of e { }

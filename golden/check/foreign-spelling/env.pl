// What other languages write otherwise: one message each, with how it is written here, and none that follow from it.
component C {
  # a comment
  /* another */
  package 'nginx'
  package “nginx”
  param a: Bool = true && !false || true
  param b: Size = 5 GB
  param c: Size = 5GB
  param d: Duration = 10 seconds
  param e: Int = a ? 1 : 2
  param f: Int = [1, 2][0]
  param g: String = upper("x")
  param h: Int = 0x10
  param i: Float = 1e5
  param j: Int = if a { 1 } else { 2 }
  param k: String? = "x"
  param in: Int = 1
  file "/a" = text "function() { return 1; }"
  file "/b" = json { "a": 1 }
  file "/c" = yaml { a = 1 }
  package [
    "one"
    "two"
  ]
  check ["/bin/a" "b"]
  secret password
  install "nginx"
}
import std.web { HAProxy }
use std.web.HAProxy
let a = 1;
test "x" { }

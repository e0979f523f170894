// What other languages write otherwise: one message each, with how it is written here, and none that follow from it.
component C {
  # a comment
  //~ E0103 @3-14 unexpected `#`
  //~ help: a comment begins with `//` and ends with its line
  /* another */
  //~ E0103 @3-16 unexpected `/*`
  //~ help: a comment begins with `//` and ends with its line
  package 'nginx'
  //~ E0103 @11-18 unexpected `'`
  //~ help: a string stands between `"` and `"`
  package “nginx”
  //~ E0103 @11-18 unexpected `“`
  //~ help: a string stands between `"` and `"`
  param a: Bool = true && !false || true
  //~ E0103 @24-26 unexpected `&&`
  //~ help: write `and`
  //~ E0103 @27-28 unexpected `!`
  //~ help: write `not`
  //~ E0103 @34-36 unexpected `||`
  //~ help: write `or`
  param b: Size = 5 GB
  //~ E0107 @21-23 expected `,`, a new line or `}`, found `GB`
  //~ help: a unit touches its number: `5GiB`, `30s`
  param c: Size = 5GB
  //~ E0106 @19-22 unknown unit `GB`
  //~ help: did you mean `GiB`? sizes are B, KiB, MiB, GiB, TiB, durations ms, s, min, h, d, rates a size and `/s`
  param d: Duration = 10 seconds
  //~ E0107 @26-33 expected `,`, a new line or `}`, found `seconds`
  //~ help: a unit touches its number: `5GiB`, `30s`
  param e: Int = a ? 1 : 2
  //~ E0107 @20-21 expected `,`, a new line or `}`, found `?`
  //~ help: a choice is `if … then … else …`; `a ?? b` is `b` where `a` is `none`
  param f: Int = [1, 2][0]
  //~ E0301 @25-26 a key is a `String`, this is `Int`
  //~ help: elements of a list have no numbers: `first(list)`, `last(list)`
  param g: String = upper("x")
  param h: Int = 0x10
  //~ E0106 @18-22 unknown unit `x10`
  //~ help: numbers are decimal, or octal after `0o`
  param i: Float = 1e5
  //~ E0106 @20-23 unknown unit `e5`
  //~ help: write the number out, without an exponent
  param j: Int = if a { 1 } else { 2 }
  //~ E0107 @23-24 expected `then`, found `{`
  //~ help: write `if condition then value else value`
  param k: String? = "x"
  param in: Int = 1
  //~ E0107 @9-11 `in` is a word of the language and cannot be a name
  //~ help: take another name
  file "/a" = text "function() { return 1; }"
  //~ E0107 @41-42 expected `}`, found a number
  //~ help: write `\{` for a brace itself, or `r"…"` where none is an expression
  file "/b" = json { "a": 1 }
  //~ E0107 @25-26 expected `=`, found `:`
  //~ help: write `key = value`
  file "/c" = yaml { a = 1 }
  package [
    "one"
    //~ E0107 @5-10 expected `,` or `]` after this
    //~ help: write a `,` between the elements, and `]` after the last
    "two"
  ]
  check ["/bin/a" "b"]
  //~ E0107 @19-22 expected `,` or `]`, found a string
  //~ help: write a `,` between the elements, and `]` after the last
  secret password
  install "nginx"
  //~ E0107 @3-10 expected a member of the component, found `install`
  //~ help: did you mean `package`?
}
import std.web { HAProxy }
//~ E0107 @1-7 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `import`
//~ help: did you mean `use`?
use std.web.HAProxy
//~ E0107 @13-20 expected `{` after this
//~ help: write `use a.b { X, Y }`: the module's path, and what of it is used
let a = 1;
//~ E0107 @10-11 expected an item of the top level, found `;`
//~ help: write each item of the top level on lines of its own, with nothing between them
test "x" { }
//~ E0107 @10-11 expected `of`, found `{`
//~ help: write `test "what it shows" of environment { … }`

// A protocol is declared where it is spoken, with a scheme that is a word.
protocol Admin { scheme = "adm" }
protocol My_Own
protocol Plain {}
protocol Spaced { scheme = "a b" }
//~ E0309 @28-33 a scheme is a word as it stands in addresses
//~ help: letters in lower case, digits, `+`, `-` and `.`: `scheme = "http"`
protocol Upper { scheme = "HTTP" }
//~ E0309 @27-33 a scheme is a word as it stands in addresses
//~ help: letters in lower case, digits, `+`, `-` and `.`: `scheme = "http"`
protocol Computed { scheme = "x{1}" }
//~ E0309 @30-36 a scheme is a word as it stands in addresses
//~ help: letters in lower case, digits, `+`, `-` and `.`: `scheme = "http"`
protocol Number { scheme = 5 }
//~ E0301 @28-29 `scheme` is `String`, this is `Int`
//~ help: put a value into a string by interpolation: `"{value}"`
protocol More { scheme = "http", port = 80 }
//~ E0209 @34-38 a protocol has no `port`
//~ help: there is `scheme`
protocol Twice { scheme = "a", scheme = "b" }
//~ E0202 @32-38 `scheme` is set twice
//~ at 20:18-24: first here
component C {
  provides a: Admin on 1
  provides b: Spaecd on 2
  //~ E0211 @15-21 unknown protocol `Spaecd`
  //~ help: did you mean `Spaced`?
  requires c: Htttp
  //~ E0211 @15-20 unknown protocol `Htttp`
  //~ help: did you mean `Http`?
  requires d: List<Nothing>
  //~ E0211 @20-27 unknown protocol `Nothing`
  //~ help: declare it: `protocol Nothing`
  param e: Endpoint<Admn>
  //~ E0211 @21-25 unknown protocol `Admn`
  //~ help: did you mean `Admin`?
}

// A function sees the names of the module that declares it, not of that which calls it.
use lib.text { shown, Kind }
use lib.text { hidden }
//~ E0206 @16-22 module `lib.text` defines no `hidden`
//~ help: there is `Kind`, `cut`, `shown`, `suffix`
let suffix = "here"
let a = shown("x", "short")
let b = shown("x", "shrt")
//~ E0301 @20-26 `kind` of `shown` is `Kind`, this is `String`
//~ at lib/text.pl:3:21-25: declared here
//~ help: did you mean `short`?
let c: Kind = "long"
component C {
  param suffix: String = "component"
  package shown("x", "long")
}

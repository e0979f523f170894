let a = 1 +
//~ E0107 @11-12 expected a value after this
let b = [1, 2
//~ E0107 @13-14 expected `,` or `]` after this
//~ help: write a `,` between the elements, and `]` after the last
let c = 3
component C {
  param : Int
  //~ E0107 @9-10 expected the parameter's name, found `:`
  //~ help: write `param name: Type = default`
  param ok: Int = 1
  file = text "x"
  //~ E0107 @8-9 expected a value, found `=`
  //~ help: write `file "/path" = ini { … }`, or `json { … }`, `lines [ … ]`, `text "…"`
  package "kept"
  service s { exec = [1 2], user = "kept" }
  //~ E0107 @25-26 expected `,` or `]`, found a number
  //~ help: write a `,` between the elements, and `]` after the last
}
lett d = 4
//~ E0107 @1-5 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `lett`
//~ help: did you mean `let`?
environment e { hst a { } base = x }
//~ E0107 @17-20 expected a member of the environment, found `hst`
//~ help: did you mean `host`?

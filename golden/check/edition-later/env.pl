let a = 1
edition = 1
//~ E0107 @1-8 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `edition`
//~ help: `edition = 1` stands before everything else in a file

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
fn twice(n: Int) -> Int = 2 * n
fn again(n: Int) -> Int = again(n - 1)
//~ E0207 @4-9 `again` calls itself
//~ help: go through a list with `[… for x in list]`
//~ note: without recursion, every evaluation ends
let a = twice()
//~ E0312 @9-16 `twice` takes one argument, and is given 0
//~ at 2:4-9: declared here
let b = twice(1, 2)
//~ E0312 @9-20 `twice` takes one argument, and is given 2
//~ at 2:4-9: declared here
let c = twice("x")
//~ E0301 @15-18 `n` of `twice` is `Int`, this is `String`
//~ at 2:10-11: declared here
let d = replace("a-b", "-")
//~ E0312 @9-28 `replace` takes 3 arguments, and is given 2
let e = max()
//~ E0312 @9-14 `max` takes at least one argument, and is given 0
let f = uper("x")
//~ E0201 @9-13 unknown function `uper`
//~ help: did you mean `upper`?
let g = a(1)
//~ E0301 @9-10 `a` is a value, not a function
let h = upper(5)
//~ E0302 @9-17 `upper` does not take `Int`
//~ help: write `upper(text)`

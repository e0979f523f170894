// A fault in a function names the call that brings it about.
fn share(of: Int, by: Int) -> Int = of / by
//~ E0502 @37-44 division by zero
//~ at 15:22-34: called here
//~ help: test it first: `if n == 0 then … else …`
fn percent(n: Int(1..)) -> Int(0..=100) = n * 10
//~ E0304 @43-49 `percent` is `Int(0..=100)`, this is `110`
//~ at 6:28-40: the range is declared here
//~ at 11:35-45: called here
//~ at 16:22-30: called here
fn twice(n: Int(1..=20)) -> Int = percent(n) * 2
component C {
  capacity n: Int = 0
  capacity m: Int = 11
  file "/a" = text "{share(10, n)}"
  file "/b" = text "{twice(m)}"
  file "/c" = text "{twice(n)}"
  //~ E0304 @28-29 `n` is `Int(1..=20)`, this is `0`
  //~ at 11:10-11: the range is declared here
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }

// A call has the label of what its function makes of the arguments, however many functions lie between.
fn same(x: Int) -> Int = x
fn again(x: Int) -> Int = same(x)
fn twice(x: Int) -> Int = again(x) + again(x)
fn constant(x: Int) -> Int = 5
fn either(c: Bool) -> String = if c then "aa" else "bb"
fn pick(n: Int) -> String = match n { 1 => "aa", _ => "bb" }
component C {
  param p: Int = 1
  capacity n: Int = 1
  package "a{same(p)}"
  package "a{same(n)}"
  //~ E0401 @11-23 capacity reaches a package's name, which is part of the identity
  //~ at 12:14-18: `same(…)` is capacity because it is computed from `n`
  //~ at 10:12-13: `n` is capacity
  package "a{again(n)}"
  //~ E0401 @11-24 capacity reaches a package's name, which is part of the identity
  //~ at 16:14-19: `again(…)` is capacity because it is computed from `n`
  //~ at 10:12-13: `n` is capacity
  package "a{twice(n)}"
  //~ E0401 @11-24 capacity reaches a package's name, which is part of the identity
  //~ at 20:14-19: `twice(…)` is capacity because it is computed from `n`
  //~ at 10:12-13: `n` is capacity
  package "a{constant(n)}"
  package either(n > 1)
  //~ E0401 @11-24 capacity reaches a package's name, which is part of the identity
  //~ at 25:11-17: `either(…)` is capacity because it is computed from `n`
  //~ at 10:12-13: `n` is capacity
  package pick(n)
  //~ E0401 @11-18 capacity reaches a package's name, which is part of the identity
  //~ at 29:11-15: `pick(…)` is capacity because it is computed from `n`
  //~ at 10:12-13: `n` is capacity
  package "a{max(p, n)}"
  //~ E0401 @11-25 capacity reaches a package's name, which is part of the identity
  //~ at 10:12-13: `n` is capacity
  package "a{same(p) + n}"
  //~ E0401 @11-27 capacity reaches a package's name, which is part of the identity
  //~ at 10:12-13: `n` is capacity
}

//! An item at the beginning of a line inside a block that is never closed: there a bracket is missing.

component C {
//~ E0108 @13-14 the `{` of this component is not closed
//~ at 9:1-3: a `}` is missing before this
//~ help: add the `}`
  param workers: Int = 2

fn twice(of: Int) -> Int = of * 2

component D {
  file "/etc/workers" = text "{twice(2)}"
}

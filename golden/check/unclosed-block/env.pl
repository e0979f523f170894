component C {
//~ E0108 @13-14 the `{` of this component is not closed
//~ at 7:1-12: a `}` is missing before this
//~ help: add the `}`
  param a: Int = 1

environment e {
}

component C {
  param a: Sting
  //~ E0307 @12-17 unknown type `Sting`
  //~ help: did you mean `String`?
  param b: Int(1..=0)
  //~ E0307 @12-22 no number is in this range
  param c: Int(1MiB..)
  //~ E0307 @16-20 the range of a `Int` is bounded by `Int` literals
  param d: List
  //~ E0307 @12-16 `List` takes one type
  //~ help: write `List<String>`, for example
  param e: String(1..)
  //~ E0307 @12-23 `String` takes no range
  //~ help: Int, Size, Duration, Percent and Rate do
  param f: Bool<Int>
  //~ E0307 @12-21 `Bool` takes no type
}

// Kinds of sources, types, functions and formats that are nearly there.
component C {
  tree "/a" = lcoal { path = "./a" }
  //~ E0201 @15-20 unknown name `lcoal`
  //~ help: did you mean `local { … }`?
  tree "/b" = gti { repository = "./a", revision = "x" }
  //~ E0201 @15-18 unknown name `gti`
  //~ help: did you mean `git { … }`?
  param c: Strng = "x"
  //~ E0307 @12-17 unknown type `Strng`
  //~ help: did you mean `String`?
  param d: Lst<Int> = []
  //~ E0307 @12-15 unknown type `Lst`
  //~ help: did you mean `List`?
  let e = jion(["a"], ",")
  //~ E0201 @11-15 unknown function `jion`
  //~ help: did you mean `join`?
  let f = upper_case("x")
  //~ E0201 @11-21 unknown function `upper_case`
  //~ help: did you mean `upper`?
}

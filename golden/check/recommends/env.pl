component C {
  capacity n: Int
  param all: Bool
  package "aa" { recommends = all }
  package "bb" { recommends = n > 1 }
  //~ E0401 @31-36 capacity reaches `recommends`, which is part of the identity
  //~ at 2:12-13: `n` is capacity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  package "cc" { recommends = "yes" }
  //~ E0301 @31-36 `recommends` is `Bool`, this is `String`
  package "dd" { recommend = true }
  //~ E0209 @18-27 a package has no `recommend`
  //~ help: did you mean `recommends`?
}

component C {
  param name: String = 5
  //~ E0301 @24-25 `name` is `String`, this is `Int`
  //~ at 2:15-21: declared here
  //~ help: put a value into a string by interpolation: `"{value}"`
  param names: List<String> = ["a", 1]
  //~ E0301 @37-38 an element of `names` is `String`, this is `Int`
  //~ at 6:16-28: declared here
  //~ help: put a value into a string by interpolation: `"{value}"`
  param flag: Bool = if 1 then true else 2
  //~ E0301 @25-26 a condition is `Bool`, this is `Int`
  //~ E0301 @42-43 `then` gives `Bool`, `else` gives `Int`
  //~ at 10:32-36: `Bool`
  let sum = 96GiB + 30s
  //~ E0302 @13-18 `+` does not apply to `Size` and `Duration`
  //~ here: `Size`
  //~ at 14:21-24: `Duration`
  //~ help: both sides need the same unit
  let text = "a" + 1
  //~ E0302 @14-17 `+` does not apply to `String` and `Int`
  //~ here: `String`
  //~ at 19:20-21: `Int`
  //~ help: put values into strings by interpolation: `"{value}"`
  let truth = not 3
  //~ E0302 @19-20 `not` does not apply to `Int`
  let missing = "x".length
  //~ E0210 @21-27 `String` has no `length`
}

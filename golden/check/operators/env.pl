// Each operator takes what it makes sense of; units must fit.
component C {
  param int: Int = 1
  param size: Size = 1MiB
  param time: Duration = 1s
  param percent: Percent = 1%
  param rate: Rate = 1MiB/s
  param float: Float = 1.0
  param text: String = "x"
  param version: Version = version("1")
  param list: List<Int> = []
  let a = [int + size, size + time, size - percent, rate + size, float + int, text + int, list + 1, list + ["x"], text - text]
  //~ E0302 @12-15 `+` does not apply to `Int` and `Size`
  //~ here: `Int`
  //~ at 12:18-22: `Size`
  //~ help: both sides need the same unit
  //~ E0302 @24-28 `+` does not apply to `Size` and `Duration`
  //~ here: `Size`
  //~ at 12:31-35: `Duration`
  //~ help: both sides need the same unit
  //~ E0302 @37-41 `-` does not apply to `Size` and `Percent`
  //~ here: `Size`
  //~ at 12:44-51: `Percent`
  //~ help: both sides need the same unit
  //~ E0302 @53-57 `+` does not apply to `Rate` and `Size`
  //~ here: `Rate`
  //~ at 12:60-64: `Size`
  //~ help: both sides need the same unit
  //~ E0302 @66-71 `+` does not apply to `Float` and `Int`
  //~ here: `Float`
  //~ at 12:74-77: `Int`
  //~ help: make a float of the whole number: `float(n)`
  //~ E0302 @79-83 `+` does not apply to `String` and `Int`
  //~ here: `String`
  //~ at 12:86-89: `Int`
  //~ help: put values into strings by interpolation: `"{value}"`
  //~ E0302 @91-95 `+` does not apply to `List<Int>` and `Int`
  //~ here: `List<Int>`
  //~ at 12:98-99: `Int`
  //~ help: a list is added to a list: put it into `[ ]`
  //~ E0302 @101-105 `+` does not apply to `List<Int>` and `List<String>`
  //~ here: `List<Int>`
  //~ at 12:108-113: `List<String>`
  //~ E0302 @115-119 `-` does not apply to `String` and `String`
  //~ here: `String`
  //~ at 12:122-126: `String`
  let b = [int * float, size * size, percent * percent, size * time, rate * rate, rate * size, float * percent, text * int]
  //~ E0302 @12-15 `*` does not apply to `Int` and `Float`
  //~ here: `Int`
  //~ at 47:18-23: `Float`
  //~ help: a part of something is a percentage: `memory * 70%`
  //~ E0302 @25-29 `*` does not apply to `Size` and `Size`
  //~ here: `Size`
  //~ at 47:32-36: `Size`
  //~ help: multiply by a number or a percentage, or a rate by a duration
  //~ E0302 @38-45 `*` does not apply to `Percent` and `Percent`
  //~ here: `Percent`
  //~ at 47:48-55: `Percent`
  //~ help: multiply by a number or a percentage, or a rate by a duration
  //~ E0302 @57-61 `*` does not apply to `Size` and `Duration`
  //~ here: `Size`
  //~ at 47:64-68: `Duration`
  //~ help: multiply by a number or a percentage, or a rate by a duration
  //~ E0302 @70-74 `*` does not apply to `Rate` and `Rate`
  //~ here: `Rate`
  //~ at 47:77-81: `Rate`
  //~ help: multiply by a number or a percentage, or a rate by a duration
  //~ E0302 @83-87 `*` does not apply to `Rate` and `Size`
  //~ here: `Rate`
  //~ at 47:90-94: `Size`
  //~ help: multiply by a number or a percentage, or a rate by a duration
  //~ E0302 @96-101 `*` does not apply to `Float` and `Percent`
  //~ here: `Float`
  //~ at 47:104-111: `Percent`
  //~ help: a part of something is a percentage: `memory * 70%`
  //~ E0302 @113-117 `*` does not apply to `String` and `Int`
  //~ here: `String`
  //~ at 47:120-123: `Int`
  let c = [int / size, time / size, int / percent, percent / size, rate / size, size / percent, float / int, int / float]
  //~ E0302 @12-15 `/` does not apply to `Int` and `Size`
  //~ here: `Int`
  //~ at 79:18-22: `Size`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @24-28 `/` does not apply to `Duration` and `Size`
  //~ here: `Duration`
  //~ at 79:31-35: `Size`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @37-40 `/` does not apply to `Int` and `Percent`
  //~ here: `Int`
  //~ at 79:43-50: `Percent`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @52-59 `/` does not apply to `Percent` and `Size`
  //~ here: `Percent`
  //~ at 79:62-66: `Size`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @68-72 `/` does not apply to `Rate` and `Size`
  //~ here: `Rate`
  //~ at 79:75-79: `Size`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @81-85 `/` does not apply to `Size` and `Percent`
  //~ here: `Size`
  //~ at 79:88-95: `Percent`
  //~ help: divide by a number or by the same unit, or a size by a duration or a rate
  //~ E0302 @97-102 `/` does not apply to `Float` and `Int`
  //~ here: `Float`
  //~ at 79:105-108: `Int`
  //~ help: make a float of the whole number: `float(n)`
  //~ E0302 @110-113 `/` does not apply to `Int` and `Float`
  //~ here: `Int`
  //~ at 79:116-121: `Float`
  //~ help: make a float of the whole number: `float(n)`
  let d = [int < size, size < 1, text < text, true < false, version < text, list < list, float < int, time > 1MiB/s]
  //~ E0302 @12-15 `<` does not apply to `Int` and `Size`
  //~ here: `Int`
  //~ at 112:18-22: `Size`
  //~ help: both sides need the same unit
  //~ E0302 @24-28 `<` does not apply to `Size` and `Int`
  //~ here: `Size`
  //~ at 112:31-32: `Int`
  //~ help: both sides need the same unit
  //~ E0302 @34-38 `<` does not apply to `String` and `String`
  //~ here: `String`
  //~ at 112:41-45: `String`
  //~ help: strings have no order here; versions have: `version("1.2-3")`
  //~ E0302 @47-51 `<` does not apply to `Bool` and `Bool`
  //~ here: `Bool`
  //~ at 112:54-59: `Bool`
  //~ E0302 @61-68 `<` does not apply to `Version` and `String`
  //~ here: `Version`
  //~ at 112:71-75: `String`
  //~ help: a version is compared with a version: `version("1.2-3")`
  //~ E0302 @77-81 `<` does not apply to `List<Int>` and `List<Int>`
  //~ here: `List<Int>`
  //~ at 112:84-88: `List<Int>`
  //~ E0302 @90-95 `<` does not apply to `Float` and `Int`
  //~ here: `Float`
  //~ at 112:98-101: `Int`
  //~ help: make a float of the whole number: `float(n)`
  //~ E0302 @103-107 `>` does not apply to `Duration` and `Rate`
  //~ here: `Duration`
  //~ at 112:110-116: `Rate`
  //~ help: both sides need the same unit
  let e = [int == size, text == int, list == list, version == "1", true == 1, float == 1]
  //~ E0302 @12-15 `==` does not apply to `Int` and `Size`
  //~ here: `Int`
  //~ at 143:19-23: `Size`
  //~ help: both sides need the same unit
  //~ E0302 @25-29 `==` does not apply to `String` and `Int`
  //~ here: `String`
  //~ at 143:33-36: `Int`
  //~ E0302 @38-42 `==` does not apply to `List<Int>` and `List<Int>`
  //~ here: `List<Int>`
  //~ at 143:46-50: `List<Int>`
  //~ E0302 @52-59 `==` does not apply to `Version` and `String`
  //~ here: `Version`
  //~ at 143:63-66: `String`
  //~ help: a version is compared with a version: `version("1.2-3")`
  //~ E0302 @68-72 `==` does not apply to `Bool` and `Int`
  //~ here: `Bool`
  //~ at 143:76-77: `Int`
  //~ E0302 @79-84 `==` does not apply to `Float` and `Int`
  //~ here: `Float`
  //~ at 143:88-89: `Int`
  //~ help: make a float of the whole number: `float(n)`
  let f = [not int, not text, true and int, 1 or true, text and text]
  //~ E0302 @16-19 `not` does not apply to `Int`
  //~ E0302 @25-29 `not` does not apply to `String`
  //~ E0302 @31-35 `and` does not apply to `Bool` and `Int`
  //~ here: `Bool`
  //~ at 165:40-43: `Int`
  //~ E0302 @45-46 `or` does not apply to `Int` and `Bool`
  //~ here: `Int`
  //~ at 165:50-54: `Bool`
  //~ E0302 @56-60 `and` does not apply to `String` and `String`
  //~ here: `String`
  //~ at 165:65-69: `String`
  let g = [-text, -true, -list, -version]
  //~ E0302 @13-17 `-` does not apply to `String`
  //~ E0302 @20-24 `-` does not apply to `Bool`
  //~ E0302 @27-31 `-` does not apply to `List<Int>`
  //~ E0302 @34-41 `-` does not apply to `Version`
  let h = [version + version, version == version("2"), version >= version("2")]
  //~ E0302 @12-19 `+` does not apply to `Version` and `Version`
  //~ here: `Version`
  //~ at 182:22-29: `Version`
  //~ help: a version is compared with a version: `version("1.2-3")`
}

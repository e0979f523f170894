// The language's functions say what they take.
component C {
  param n: Int = 1
  param list: List<Int> = [1]
  param words: List<String> = ["a"]
  let a = [contains(1, 2), contains(list, "x"), contains("x", 1), contains([list], list)]
  //~ E0302 @12-26 `contains` does not take `Int`, `Int`
  //~ help: write `contains(list, element)` or `contains(text, part)`
  //~ E0302 @28-47 `contains` does not take `List<Int>`, `String`
  //~ help: write `contains(list, element)` or `contains(text, part)`
  //~ E0302 @49-65 `contains` does not take `String`, `Int`
  //~ help: write `contains(list, element)` or `contains(text, part)`
  //~ E0302 @67-89 `contains` does not take `List<List<Int>>`, `List<Int>`
  //~ help: write `contains(list, element)` or `contains(text, part)`
  let b = [starts_with("a", 1), ends_with(list, "a")]
  //~ E0302 @12-31 `starts_with` does not take `String`, `Int`
  //~ help: write `starts_with(text, beginning)`
  //~ E0302 @33-53 `ends_with` does not take `List<Int>`, `String`
  //~ help: write `ends_with(text, end)`
  let c = [first(1), last("x"), reverse("abc"), sort([true]), sort([[1]]), unique([[1]])]
  //~ E0302 @12-20 `first` does not take `Int`
  //~ help: write `first(list)`
  //~ E0302 @22-31 `last` does not take `String`
  //~ help: write `last(list)`
  //~ E0302 @33-47 `reverse` does not take `String`
  //~ help: write `reverse(list)`
  //~ E0302 @49-61 `sort` does not take `List<Bool>`
  //~ help: write `sort(list)`
  //~ E0302 @63-74 `sort` does not take `List<List<Int>>`
  //~ help: write `sort(list)`
  //~ E0302 @76-89 `unique` does not take `List<List<Int>>`
  //~ help: write `unique(list)`
  let d = [flatten(list), flatten(1), present(1)]
  //~ E0302 @12-25 `flatten` does not take `List<Int>`
  //~ help: write `flatten(list_of_lists)`
  //~ E0302 @27-37 `flatten` does not take `Int`
  //~ help: write `flatten(list_of_lists)`
  //~ E0302 @39-49 `present` does not take `Int`
  //~ help: write `present(list)`
  let e = [join("a", "b"), join(words), join(words, 1), join([list], ",")]
  //~ E0302 @12-26 `join` does not take `String`, `String`
  //~ help: write `join(list, separator)`
  //~ E0312 @28-39 `join` takes 2 arguments, and is given 1
  //~ E0302 @41-55 `join` does not take `List<String>`, `Int`
  //~ help: write `join(list, separator)`
  //~ E0302 @57-74 `join` does not take `List<List<Int>>`, `String`
  //~ help: write `join(list, separator)`
  let f = [split("a"), split(1, ","), replace("a", "b", 1), lower(1), upper(list), trim(true)]
  //~ E0312 @12-22 `split` takes 2 arguments, and is given 1
  //~ E0302 @24-37 `split` does not take `Int`, `String`
  //~ help: write `split(text, separator)`
  //~ E0302 @39-59 `replace` does not take `String`, `String`, `Int`
  //~ help: write `replace(text, part, by)`
  //~ E0302 @61-69 `lower` does not take `Int`
  //~ help: write `lower(text)`
  //~ E0302 @71-82 `upper` does not take `List<Int>`
  //~ help: write `upper(text)`
  //~ E0302 @84-94 `trim` does not take `Bool`
  //~ help: write `trim(text)`
  let g = [max("a", "b"), max(1, 1MiB), min(list), max(true), max()]
  //~ E0302 @12-25 `max` does not take `String`, `String`
  //~ help: write `max(a, b)`
  //~ E0302 @27-39 `max` does not take `Int`, `Size`
  //~ help: write `max(a, b)`
  //~ E0302 @41-50 `min` does not take `List<Int>`
  //~ help: write `min(a, b)`
  //~ E0302 @52-61 `max` does not take `Bool`
  //~ help: write `max(a, b)`
  //~ E0312 @63-68 `max` takes at least one argument, and is given 0
  let h = [sum(1), sum(words), sum(list, 1), range("a"), range(1, 2, 3), range(1MiB), range(1.5)]
  //~ E0302 @12-18 `sum` does not take `Int`
  //~ help: write `sum(list)`
  //~ E0302 @20-30 `sum` does not take `List<String>`
  //~ help: write `sum(list)`
  //~ E0312 @32-44 `sum` takes one argument, and is given 2
  //~ E0302 @46-56 `range` does not take `String`
  //~ help: write `range(count)` or `range(from, to)`
  //~ E0312 @58-72 `range` takes 1 to 2 arguments, and is given 3
  //~ E0302 @74-85 `range` does not take `Size`
  //~ help: write `range(count)` or `range(from, to)`
  //~ E0302 @87-97 `range` does not take `Float`
  //~ help: write `range(count)` or `range(from, to)`
  let i = [float(1.5), float("1"), floor(1), floor(1MiB)]
  //~ E0302 @12-22 `float` does not take `Float`
  //~ help: write `float(int)`
  //~ E0302 @24-34 `float` does not take `String`
  //~ help: write `float(int)`
  //~ E0302 @36-44 `floor` does not take `Int`
  //~ help: write `floor(float)`
  //~ E0302 @46-57 `floor` does not take `Size`
  //~ help: write `floor(float)`
  let j = [version(1), version("x y"), version(""), version("1:2:3-"), package(1), package()]
  //~ E0302 @12-22 `version` does not take `Int`
  //~ help: write `version("1.2-3")`
  //~ E0514 @24-38 `x y` is no version of a Debian package
  //~ help: a version is `[epoch:]upstream[-revision]`, as `1:10.11.14-0+deb12u2`
  //~ E0514 @40-51 `` is no version of a Debian package
  //~ help: a version is `[epoch:]upstream[-revision]`, as `1:10.11.14-0+deb12u2`
  //~ E0302 @72-82 `package` does not take `Int`
  //~ help: write `package("name")`
  //~ E0312 @84-93 `package` takes one argument, and is given 0
  let k = sum([]) + range(2).length + floor(max(1.5, 2.5)) + version("1.2~rc1-1").major
}

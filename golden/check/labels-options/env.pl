// What is computed from an option of capacity, or of a key of capacity, is capacity.
component C {
  capacity n: Int?
  capacity key: String = "a"
  capacity sizes: Map<Int> = { a = 1 }
  param names: Map<String> = { a = "aa", b = "bb" }
  package "a{n ?? 1}"
  //~ E0401 @11-22 capacity reaches a package's name, which is part of the identity
  //~ at 3:12-13: `n` is capacity
  package names[key] ?? "cc"
  //~ E0401 @11-29 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-15: `key` is capacity
  package "a{sizes["a"] ?? 1}"
  //~ E0401 @11-31 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-17: `sizes` is capacity
  package names["a"] ?? "cc"
  package "a{match n { none => 1, x => x }}"
  //~ E0401 @11-45 capacity reaches a package's name, which is part of the identity
  //~ at 3:12-13: `n` is capacity
  package match n { none => "aa", _ => "bb" }
  //~ E0401 @11-46 capacity reaches a package's name, which is part of the identity
  //~ at 3:12-13: `n` is capacity
  package names.keys
  package sizes.keys
  //~ E0401 @11-21 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-17: `sizes` is capacity
  package ["a{v}" for k, v in sizes]
  //~ E0401 @11-37 capacity reaches a package's name, which is part of the identity
  //~ at 5:12-17: `sizes` is capacity
  package ["{k}x" for k, v in names]
  let chosen = { "{k}{key}" = v for k, v in names }
  package chosen.keys
  //~ E0401 @11-22 capacity reaches a package's name, which is part of the identity
  //~ at 31:7-13: `chosen` is capacity because it is computed from `key`
  //~ at 4:12-15: `key` is capacity
  package if n == none then "aa" else "bb"
  //~ E0401 @11-43 capacity reaches a package's name, which is part of the identity
  //~ at 3:12-13: `n` is capacity
}

// Each format takes what it can write.
component C {
  requires end: Http?
  param words: Map<List<Int>> = {}
  file "/a" = ini ["a"]
  //~ E0301 @19-24 `ini` takes a record of scalars, lists of them, and sections of these, this is `List<String>`
  file "/b" = ini { a = { b = { c = 1 } } }
  //~ E0301 @19-44 `ini` takes a record of scalars, lists of them, and sections of these, this is `{ a: { b: { c: Int } } }`
  file "/c" = ini { a = [[1]] }
  //~ E0301 @19-32 `ini` takes a record of scalars, lists of them, and sections of these, this is `{ a: List<List<Int>> }`
  file "/d" = toml ["a"]
  //~ E0301 @20-25 `toml` takes a record or a map, this is `List<String>`
  file "/e" = toml "word"
  //~ E0301 @20-26 `toml` takes a record or a map, this is `String`
  file "/f" = php ["a"]
  //~ E0301 @19-24 `php` takes a record or a map, this is `List<String>`
  file "/g" = php "word"
  //~ E0301 @19-25 `php` takes a record or a map, this is `String`
  file "/h" = lines "word"
  //~ E0301 @21-27 `lines` takes a list of strings, this is `String`
  file "/i" = lines [1, 2]
  //~ E0301 @22-23 `lines` takes strings and lists of strings, this is `Int`
  //~ E0301 @25-26 `lines` takes strings and lists of strings, this is `Int`
  file "/j" = lines [{ a = 1 }]
  //~ E0301 @22-31 `lines` takes strings and lists of strings, this is `{ a: Int }`
  file "/k" = text 5
  //~ E0301 @20-21 the text of a file is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  file "/l" = text ["a"]
  //~ E0301 @20-25 the text of a file is `String`, this is `List<String>`
  //~ help: several lines are `lines [ … ]`; one string is wanted here
  file "/m" = json end
  //~ E0301 @20-23 `json` takes records, maps, lists and scalars, this is `Endpoint<Http>?`
  file "/n" = yaml { e = { f = 1, g = end } }
  //~ E0301 @39-42 `yaml` takes records, maps, lists and scalars, this is `Endpoint<Http>?`
  file "/o" = json package("php-fpm")
  //~ E0301 @20-38 `json` takes records, maps, lists and scalars, this is `Package`
  file "/p" = ini words
  file "/q" = php words
  file "/r" = json local { path = "./a" }
  //~ E0301 @20-42 `json` takes records, maps, lists and scalars, this is `Source`
  file "/s" = lines [words]
  //~ E0301 @22-27 `lines` takes strings and lists of strings, this is `Map<List<Int>>`
  file "/t" = secret "word"
  //~ E0403 @22-28 a secret's file is a secret, this is `String`
  //~ help: a `secret` of the environment goes to a `secret` of a component, which writes it with `file "/run/…" = secret name`
  //~ note: a secret is no value: it is resolved when the environment runs, and is in no string, file of a build, or hash
}

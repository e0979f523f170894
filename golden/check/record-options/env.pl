// What may be `none` may be left out of a record; what is written out is held part by part.
type Site = { name: String, lang: String?, weight: Int(1..) }
component C {
  param sites: List<Site> = [
    { name = "fi", weight = 1 },
    { name = "de", weight = 2, lang = "de" },
    { name = "sv", weight = 0 },
    //~ E0304 @29-30 `weight` is `Int(1..)`, this is `0`
    //~ at 4:16-26: the range is declared here
    { name = "en", wieght = 2 },
    //~ E0209 @20-26 an element of `sites` has no field `wieght`
    //~ at 4:16-26: declared here
    //~ help: did you mean `weight`?
    { name = 5, weight = 2, lang = none },
    //~ E0301 @14-15 `name` is `String`, this is `Int`
    //~ at 4:16-26: declared here
    //~ help: put a value into a string by interpolation: `"{value}"`
    { name = "no", weight = 1, lang = 7 },
    //~ E0301 @39-40 `lang` is `String?`, this is `Int`
    //~ at 4:16-26: declared here
    //~ help: put a value into a string by interpolation: `"{value}"`
    "da",
    //~ E0301 @5-9 an element of `sites` is `{ name: String, lang: String?, weight: Int(1..) }`, this is `String`
    //~ at 4:16-26: declared here
  ]
  param one: Site = { name = "fi", weight = 2, lang = { de = 1 } }
  //~ E0301 @55-65 `lang` is `String?`, this is `{ de: Int }`
  //~ at 26:14-18: declared here
  param by_name: Map<Site> = { fi = { name = "fi", weight = 2 }, de = { weight = 3 } }
  //~ E0303 @71-85 `de` needs `name`
  //~ at 29:18-27: declared here
  //~ help: write `name = …`, a `String`, between its `{` and `}`
  let first_lang = "{first(sites).lang}"
  //~ E0210 @35-39 `{ name: String, lang: String?, weight: Int(1..) }?` has no `lang`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  file "/a" = lines ["{s.lang}" for s in sites]
  //~ E0301 @24-30 a string cannot hold `String?`
  //~ help: say what stands there instead of `none`: `value ?? ""`
}

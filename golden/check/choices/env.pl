// A choice takes its own strings; what it may be is known.
type Level = "low" | "mid" | "high"
type Ends = "low" | "high"
fn widest(e: Ends) -> Level = e
fn narrow(l: Level) -> Ends = l
//~ E0301 @31-32 what `narrow` gives is `Ends`, this is `Level`
//~ at 5:24-28: declared here
//~ help: it may be `mid`, which `Ends` has not
component C {
  param level: Level = "low"
  param ends: Ends = "high"
  param word: String = level
  param direct: "a" | "b" = "c"
  //~ E0301 @29-32 `direct` is `"a" | "b"`, this is `String`
  //~ at 13:17-26: declared here
  //~ help: there is `a`, `b`
  param list: List<Ends> = ["low", "mid"]
  //~ E0301 @36-41 an element of `list` is `Ends`, this is `String`
  //~ at 17:15-25: declared here
  //~ help: there is `low`, `high`
  let a: Level = ends
  let b: Ends = level
  //~ E0301 @17-22 `b` is `Ends`, this is `Level`
  //~ help: it may be `mid`, which `Ends` has not
  let c: Level = word
  //~ E0301 @18-22 `c` is `Level`, this is `String`
  let d: Level = "{"low"}"
  //~ E0301 @18-27 `d` is `Level`, this is `String`
  let e = level == "lower"
  //~ E0302 @11-16 `==` does not apply to `Level` and `String`
  //~ here: `Level`
  //~ at 29:20-27: `String`
  //~ help: it is never `lower`
  let f = level == ends
  let g = level == word
  let h: Level = if ends == "low" then "low" else "mid"
  let i: Ends = if ends == "low" then "low" else "mid"
  //~ E0301 @17-55 `i` is `Ends`, this is `String`
  //~ help: it may be `mid`, which `Ends` has not
  let j = [level, ends, "mid"]
  let k: List<Level> = j
  let l = "{level}" + ends
  let m = ends == "mid"
  //~ E0302 @11-15 `==` does not apply to `Ends` and `String`
  //~ here: `Ends`
  //~ at 43:19-24: `String`
  //~ help: it is never `mid`
  let n: Level? = none
  let o = contains(["low"], level)
  let p: Map<Level> = { a = "low", b = "none" }
  //~ E0301 @40-46 `b` is `Level`, this is `String`
  //~ help: there is `low`, `mid`, `high`
  let q = match ends { "low" => 1, "high" => 2 }
}

// What may be `none` is not used as if it were there, and what is always there needs no `??`.
type Level = "low" | "high"
component C {
  requires peer: Http?
  requires peers: List<Http>?
  param may: Int?
  param word: String?
  param level: Level?
  param list: List<Int>?
  param map: Map<Int>?
  param site: { name: String? }?
  param sure: Int = 1
  let a = may + 1
  //~ E0302 @11-14 `+` does not apply to `Int?` and `Int`
  //~ here: `Int?`
  //~ at 13:17-18: `Int`
  //~ help: it may be `none`: say what is meant then, as `(value ?? other)`
  let b = "{word}"
  //~ E0301 @13-17 a string cannot hold `String?`
  //~ help: say what stands there instead of `none`: `value ?? ""`
  let c = may > 1
  //~ E0302 @11-14 `>` does not apply to `Int?` and `Int`
  //~ here: `Int?`
  //~ at 21:17-18: `Int`
  //~ help: it may be `none`: say what is meant then, as `(value ?? other)`
  let d = sure ?? 2
  //~ E0302 @11-15 `??` does not apply to `Int` and `Int`
  //~ here: `Int`
  //~ at 26:19-20: `Int`
  //~ help: `Int` is never `none`: leave out `??` and what follows
  let e = may ?? "x"
  //~ E0302 @11-14 `??` does not apply to `Int?` and `String`
  //~ here: `Int?`
  //~ at 31:18-21: `String`
  //~ help: what stands for `none` is `Int`, too
  let f = sure == none
  //~ E0302 @11-15 `==` does not apply to `Int` and `none`
  //~ here: `Int`
  //~ at 36:19-23: `none`
  //~ help: `Int` is never `none`
  let g = [peer == none, list == none, site != none, none == none]
  let h = [x for x in list]
  //~ E0301 @23-27 `for` goes through a list or the replicas of a host, not `List<Int>?`
  //~ help: it may be `none`: say what is meant then, as `(list ?? [])`
  let i = map["a"]
  //~ E0301 @11-14 a key is taken of a map, this is `Map<Int>?`
  //~ help: say what is meant instead of `none`: `(map ?? {})[…]`
  let j = site.name
  //~ E0210 @16-20 `{ name: String? }?` has no `name`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let k: Int = may
  //~ E0301 @16-19 `k` is `Int`, this is `Int?`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let l = level ?? "middle"
  let m: Level = level ?? "low"
  let n = peer.url
  //~ E0210 @16-19 `Endpoint<Http>?` has no `url`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let o = [p.url for p in peers ?? []]
  let p = first([1]) + 1
  //~ E0302 @11-21 `+` does not apply to `Int?` and `Int`
  //~ here: `Int?`
  //~ at 60:24-25: `Int`
  //~ help: it may be `none`: say what is meant then, as `(value ?? other)`
  let q = max(may, 1)
  //~ E0302 @11-22 `max` does not take `Int?`, `Int`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let r = join([word], ",")
  //~ E0302 @11-28 `join` does not take `List<String?>`, `String`
  //~ help: elements may be `none`: leave these out with `present(list)`
  let t = not (may == 1)
  let u = level == "middle"
  //~ E0302 @11-16 `==` does not apply to `Level?` and `String`
  //~ here: `Level?`
  //~ at 72:20-28: `String`
  //~ help: it is never `middle`
  let v = if may then 1 else 2
  //~ E0301 @14-17 a condition is `Bool`, this is `Int?`
  package word
  //~ E0301 @11-15 `package` takes a name or a list of names, this is `String?`
  //~ help: where there may be none, `present([name])` is the list
  package present([word])
  param y: Level? = "middle"
  //~ E0301 @21-29 `y` is `Level?`, this is `String`
  //~ at 83:12-18: declared here
  //~ help: there is `low`, `high`
}

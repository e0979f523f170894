// A map has keys that are strings and values of one type.
component C {
  param sizes: Map<Size> = { a = 1MiB, b = 2 }
  //~ E0301 @44-45 `b` is `Size`, this is `Int`
  //~ at 3:16-25: declared here
  //~ help: write a size with its unit, for example `64MiB`
  param ranged: Map<Int(1..)> = { a = 1, b = 0, a = 2 }
  //~ E0304 @46-47 `b` is `Int(1..)`, this is `0`
  //~ at 7:17-30: the range is declared here
  //~ E0202 @49-50 `a` is set twice
  //~ at 7:35-36: first here
  param deep: Map<Map<String>> = { a = { b = "c" }, d = { e = 5 } }
  //~ E0301 @63-64 `e` is `String`, this is `Int`
  //~ at 12:15-31: declared here
  //~ help: put a value into a string by interpolation: `"{value}"`
  let a = sizes.a
  //~ E0210 @17-18 `Map<Size>` has no `a`
  //~ help: a value is taken by its key: `["a"]`
  let b = sizes["a"].mib
  //~ E0210 @22-25 `Size?` has no `mib`
  //~ help: it may be `none`: say what is meant then, as `value ?? other`
  let c = (sizes["a"] ?? 1MiB).mib
  let d = sizes[1]
  //~ E0301 @17-18 a key is a `String`, this is `Int`
  let e = sizes + sizes
  //~ E0302 @11-16 `+` does not apply to `Map<Size>` and `Map<Size>`
  //~ here: `Map<Size>`
  //~ at 25:19-24: `Map<Size>`
  let f = "{sizes}"
  //~ E0301 @13-18 a string cannot hold `Map<Size>`
  let g = sizes == sizes
  //~ E0302 @11-16 `==` does not apply to `Map<Size>` and `Map<Size>`
  //~ here: `Map<Size>`
  //~ at 31:20-25: `Map<Size>`
  let h = first(sizes)
  //~ E0302 @11-23 `first` does not take `Map<Size>`
  //~ help: write `first(list)`
  let i: Map<Int> = sizes
  //~ E0301 @21-26 `i` is `Map<Int>`, this is `Map<Size>`
  let j: { a: Size, b: Size } = sizes
  //~ E0301 @33-38 `j` is `{ a: Size, b: Size }`, this is `Map<Size>`
  let k = { x = 1 }["y"]
  //~ E0210 @21-24 `{ x: Int }` has no `y`
  //~ help: there is `x`
  let l = { x = 1 }["{1}"]
  //~ E0301 @11-20 a key is taken of a map, this is `{ x: Int }`
  //~ help: a field is named as it stands: `record.field`
  let m = sizes.length + sizes.keys.length + sizes.values.length
  let n = deep["a"]["b"]
  //~ E0301 @11-20 a key is taken of a map, this is `Map<String>?`
  //~ help: say what is meant instead of `none`: `(map ?? {})[…]`
  let o = (deep["a"] ?? {})["b"] ?? "none"
  let p = [k for k in sizes.keys]
  let q = if true then sizes else { c = 1MiB }
  let r = if true then { c = "x" } else sizes
  //~ E0301 @41-46 `then` gives `{ c: String }`, `else` gives `Map<Size>`
  //~ at 55:24-35: `{ c: String }`
}

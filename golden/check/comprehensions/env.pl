// What is gone through, under which names, and what comes of it.
component C {
  requires ends: List<Http>
  param list: List<Int> = [1]
  param map: Map<Int> = {}
  param record: { a: Int } = { a = 1 }
  param word: String = "x"
  let a = [x for x in word]
  //~ E0301 @23-27 `for` goes through a list or the replicas of a host, not `String`
  let b = [x for x in 5]
  //~ E0301 @23-24 `for` goes through a list or the replicas of a host, not `Int`
  let c = [x for x in map]
  //~ E0301 @23-26 `for` goes through a list or the replicas of a host, not `Map<Int>`
  //~ help: a map has keys and values: `for key, value in map`
  let d = [k for k, v in list]
  //~ E0301 @26-30 `for` goes through a map, not `List<Int>`
  //~ help: a list has no keys: `for element in list`
  let e = [x for x in record]
  //~ E0301 @23-29 `for` goes through a list or the replicas of a host, not `{ a: Int }`
  //~ help: a map is gone through, a record is not: give it the type `Map<…>`
  let f = [x for x in list if x]
  //~ E0301 @31-32 a condition is `Bool`, this is `Int`
  let g = { "{x}" = x for x in list if "yes" }
  //~ E0301 @40-45 a condition is `Bool`, this is `String`
  let h = { "{map}" = x for x in list }
  //~ E0301 @15-18 a string cannot hold `Map<Int>`
  let i = [y for x in list]
  //~ E0201 @12-13 unknown name `y`
  let j = [x for x in [x for x in list] if x > 1]
  let k = x
  //~ E0201 @11-12 unknown name `x`
  let l = [x.port for x in ends if x.protocol == "Http"]
  let m = [[x, y] for x in list]
  //~ E0201 @16-17 unknown name `y`
  let n = [word for word in list]
}

// A function is declared whole and uses its parameters and the names of its module.
fn a(x: Int, x: Int) -> Int = x
//~ E0202 @14-15 `x` is defined twice
//~ here: again here
//~ at 2:6-7: first here
//~ help: give one of them another name
fn b(x: Itn) -> Strng = x
//~ E0307 @9-12 unknown type `Itn`
//~ help: did you mean `Int`?
//~ E0307 @17-22 unknown type `Strng`
//~ help: did you mean `String`?
fn c(x: Int) -> String = x
//~ E0301 @26-27 what `c` gives is `String`, this is `Int`
//~ at 12:17-23: declared here
//~ help: put a value into a string by interpolation: `"{value}"`
fn d(x: Int(1..)) -> Int(..5) = 10
//~ E0304 @33-35 what `d` gives is `Int(..=4)`, this is `10`
//~ at 16:22-30: the range is declared here
fn e() -> Int = count
fn f() -> Int = unknown
//~ E0201 @17-24 unknown name `unknown`
fn g(list: List<Int>) -> Int? = first(list)
fn h(p: { a: Int, b: Int? }) -> Int = p.a + (p.b ?? 0)
fn i(peer: Endpoint<Http>, role: "a" | "b") -> String = "{peer.url}{role}"
let count = 3
let l = [h({ a = 1 }), h({ a = 1, b = 2 }), h({ b = 2 }), h({ a = 1, c = 2 }), h(5)]
//~ E0303 @47-56 `p` of `h` needs `a`
//~ at 23:6-7: declared here
//~ help: write `a = …`, a `Int`, between its `{` and `}`
//~ E0209 @70-71 `p` of `h` has no field `c`
//~ at 23:6-7: declared here
//~ help: there is `a`, `b`
//~ E0301 @82-83 `p` of `h` is `{ a: Int, b: Int? }`, this is `Int`
//~ at 23:6-7: declared here
let m = d(0)
//~ E0304 @11-12 `x` of `d` is `Int(1..)`, this is `0`
//~ at 16:6-7: the range is declared here
let n = e
//~ E0301 @9-10 `e` is a function, not a value
//~ at 19:4-5: declared here
//~ help: call it: `e(…)`
let o = e().x
//~ E0210 @13-14 `Int` has no `x`
let p = g([1, 2]) ?? 0
let q = max
//~ E0301 @9-12 `max` is a function, not a value
//~ help: call it: `max(a, b)`
let r = g(["x"])
//~ E0301 @12-15 an element of `list` of `g` is `Int`, this is `String`
//~ at 22:6-10: declared here
let s = count(1)
//~ E0301 @9-14 `count` is a value, not a function
component C {
  requires peer: Http
  param count: Int = 5
  let t = e() + count
  let u = [i(peer, "a"), i(peer, "c"), i("x", "b"), i(peer)]
  //~ E0301 @34-37 `role` of `i` is `"a" | "b"`, this is `String`
  //~ at 24:28-32: declared here
  //~ help: there is `a`, `b`
  //~ E0301 @42-45 `peer` of `i` is `Endpoint<Http>`, this is `String`
  //~ at 24:6-10: declared here
  //~ E0312 @53-60 `i` takes 2 arguments, and is given 1
  //~ at 24:4-5: declared here
}

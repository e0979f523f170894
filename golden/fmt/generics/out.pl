let a: List<Int> = []
let b: Map<Map<List<Int>>> = x
let c: List<{ a: Int, b: List<String> }> = []
let d: Int(1..=5)? = none
let e: Int(..5) = 1
let f = a < b
let g = [a < b, c > d]
let h: List<Int> = [a < b, c > (d)]

type Sizes = List<Size(1MiB..64MiB)>?
type Role = "a" | "b"

fn f(a: List<Int>, b: Map<String>?) -> List<String> = if a.length < b then a else b > c

component C {
  requires one: MySql?
  requires many: List<Http>
  provides http: Http on a < b
  param p: { a: Int(1..), b: List<Int> } = { a = 1, b = [] }
}

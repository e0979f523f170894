// Each type is twice the one before it: names do not make it smaller.
type A = { a: Int, b: Int }
type B = { a: A, b: A }
type C = { a: B, b: B }
type D = { a: C, b: C }
type E = { a: D, b: D }
type F = { a: E, b: E }
type G = { a: F, b: F }
type H = { a: G, b: G }
type I = { a: H, b: H }
type J = { a: I, b: I }
type K = { a: J, b: J }
type L = { a: K, b: K }
//~ E0109 @10-24 a type has at most 4096 parts
//~ help: split the value
fn same(x: K) -> K = x

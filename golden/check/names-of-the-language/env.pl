// What the language has already cannot be declared again: nobody would find it.
type Tree = { left: Int }
//~ E0202 @6-10 `Tree` is a type of the language
//~ help: give it another name
type Int = "one" | "two"
//~ E0202 @6-9 `Int` is a type of the language
//~ help: give it another name
fn max(a: Size, b: Size) -> Size = a
//~ E0202 @4-7 `max` is a function of the language
//~ help: give it another name
// A protocol may be declared again, and a value may be called like a function.
protocol Http { scheme = "http" }
let max_size = max(1MiB, 2MiB)
let join = ", "
let text = join(["a", "b"], join)

/// Twice as much.
fn twice(x: Int) -> Int = 2 * x
fn none_at_all() -> String? = none
fn many(a: List<Int(1..)>, b: Map<String>, c: { d: "x" | "y"?, e: Endpoint<Http> },) -> List<String> =
  [join([k, v], "=") for k, v in b if contains(a, 1)]
let a = twice(twice(1)) + max(1, 2, 3,)

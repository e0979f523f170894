type Kind = "short" | "long"
let suffix = "there"
fn shown(x: String, kind: Kind) -> String = if kind == "long" then "{x}-{suffix}" else cut(x)
fn cut(x: String) -> String = first(split(x, "-")) ?? x

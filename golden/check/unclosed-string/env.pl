let a = "abc
let b = "x {1 + } y"
let c = "\q \u{0}"
let d = """
  never closed

// What stands before options is an operand: a choice is put into brackets.
component C {
  param on: Bool = true
  link "/a" = if on then "/b" else "/c"
  //~ E0107 @15-17 expected a value, found `if`
  //~ help: write `(if … then … else …)`, in brackets
  link "/d" = (if on then "/b" else "/c")
  file "/e" = text match on { true => "t", false => "f" }
  //~ E0107 @20-25 expected a value, found `match`
  //~ help: write `(match … { … })`, in brackets
  file "/f" = text (match on { true => "t", false => "f" }) { mode = 0600 }
}

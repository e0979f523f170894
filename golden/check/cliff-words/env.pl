// The message stands on the line of its condition.
component C {
  capacity workers: Int = 1
  cliff workers < 2 5
  //~ E0107 @21-22 expected a string, found a number
  //~ help: write `cliff condition "what it means"`
  cliff workers < 3
  //~ E0107 @19-20 expected a string after this
  //~ help: write `cliff condition "what it means"`
  assert workers > 0
  //~ E0107 @20-21 expected a string after this
  //~ help: write `assert condition "what it means"`
  assert workers > 0 "no workers"
}

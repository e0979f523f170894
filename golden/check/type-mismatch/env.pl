component C {
  param name: String = 5
  param names: List<String> = ["a", 1]
  param flag: Bool = if 1 then true else 2
  let sum = 96GiB + 30s
  let text = "a" + 1
  let truth = not 3
  let missing = "x".length
}

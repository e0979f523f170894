component C {
  param a: Int = 1

environment e {
}

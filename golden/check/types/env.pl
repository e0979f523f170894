component C {
  param a: Sting
  param b: Int(1..=0)
  param c: Int(1MiB..)
  param d: List
  param e: String(1..)
  param f: Bool<Int>
}

// The message shows each step of the way on which a capacity came.
fn half(x: Int) -> Int = x / 2
let unused = 1
component C {
  capacity n: Int = 4
  let one = n + unused
  let two = half(one)
  let three = { value = two, other = 1 }
  let four = [three.value, 7]
  param p: Int = sum(four)
  //~ E0401 @18-27 capacity reaches `p`, which is part of the identity
  //~ at 9:7-11: `four` is capacity because it is computed from `three`
  //~ at 8:7-12: `three` is capacity because it is computed from `two`
  //~ at 7:7-10: `two` is capacity because it is computed from `half(…)`
  //~ at 7:13-17: `half(…)` is capacity because it is computed from `one`
  //~ at 6:7-10: `one` is capacity because it is computed from `n`
  //~ at 5:12-13: `n` is capacity
  //~ at 10:12-15: takes identity only
}

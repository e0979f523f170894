// Nothing calls itself, and no type is made of itself, however long the way round.
fn down(n: Int) -> Int = if n > 0 then down(n - 1) else 0
//~ E0207 @4-8 `down` calls itself
//~ help: go through a list with `[… for x in list]`
//~ note: without recursion, every evaluation ends
fn even(n: Int) -> Bool = n == 0 or odd(n - 1)
//~ E0207 @4-8 `even` calls itself
//~ at 11:4-7: through this
//~ help: go through a list with `[… for x in list]`
//~ note: without recursion, every evaluation ends
fn odd(n: Int) -> Bool = n == 1 or even(n - 1)
type Node = { left: Node?, name: String }
//~ E0207 @21-25 type `Node` is made of itself
//~ at 12:6-10: declared here
type One = List<Other>
//~ E0207 @17-22 type `Other` is made of itself
//~ at 18:6-11: declared here
type Other = Map<One>
//~ E0207 @18-21 type `One` is made of itself
//~ at 15:6-9: declared here
let first = second + 1
//~ E0207 @5-10 `first` is computed from itself
//~ at 24:5-11: through this
let second = first - 1
fn through(n: Int) -> Int = third + n
//~ E0207 @4-11 `through` calls itself
//~ at 30:5-10: through this
//~ help: go through a list with `[… for x in list]`
//~ note: without recursion, every evaluation ends
let third = through(1)

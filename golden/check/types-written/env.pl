// A type that cannot be is refused where it is written.
type Twice = { a: Int, b: Int, a: String }
//~ E0202 @32-33 `a` is defined twice
//~ here: again here
//~ at 2:16-17: first here
//~ help: give one of them another name
type Choice = "a" | "b" | "a"
//~ E0202 @27-30 `a` is among the choices twice
type Empty = "" | "b"
//~ E0107 @14-16 a choice has letters
//~ help: write `"one" | "other"?` for what may be left out
type Wide = Map<Int, Int>
//~ E0307 @13-26 `Map` takes one type
//~ help: write `Map<String>`, for example
type End = Endpoint<Htp>
//~ E0211 @21-24 unknown protocol `Htp`
//~ help: did you mean `Http`?
type Ranged = List<Int(5..=1)>
//~ E0307 @20-30 no number is in this range
type Unit = Duration(1..5)
//~ E0307 @22-23 the range of a `Duration` is bounded by `Duration` literals
type Rated = Rate(1MiB/s..)
type Percents = Percent(0%..=100%)
type None = none
//~ E0307 @13-17 unknown type `none`
type Fn = max
//~ E0307 @11-14 unknown type `max`
//~ help: did you mean `Map`?
let a: Int? = none
let b: Twice = 1
let c: Percents = 101%
//~ E0304 @19-23 `c` is `Percent(0%..=100%)`, this is `101%`
let d: Rated = 1KiB/s
//~ E0304 @16-22 `d` is `Rate(1MiB/s..)`, this is `1KiB/s`

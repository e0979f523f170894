use lib.a { x, xx }
//~ E0202 @13-14 `x` is defined twice
//~ here: again here
//~ at 17:5-6: first here
//~ help: give one of them another name
//~ E0206 @16-18 module `lib.a` defines no `xx`
//~ help: did you mean `x`?
use lib.none { y }
//~ E0203 @5-13 there is no file `lib/none.pl`
//~ help: `use a.b` reads `a/b.pl` of the project, `use std.web` the standard library
use std.wbe { HAProxy }
//~ E0203 @5-12 there is no file `std/wbe.pl`
//~ help: the standard library has `std.cache`, `std.data`, `std.doubles`, `std.protocols`, `std.storage`, `std.web`, `std.wiki`
use std.web { HAProxi, Apache }
//~ E0206 @15-22 module `std.web` defines no `HAProxi`
//~ help: did you mean `HAProxy`?
let x = 1

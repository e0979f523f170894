use lib.a { x }
//~ E0205 @5-10 modules use one another in a circle: `lib.a` → `lib.b` → `lib.c` → `lib.a`
//~ here: this `use` closes the circle
//~ help: move what both need into a module of its own
let z = 1

//! A module without an environment has assertions, too.

let most = 3

assert most > 3 "no more than {most}"
//~ E0512 @8-16 refused: no more than 3
//~ here: this does not hold

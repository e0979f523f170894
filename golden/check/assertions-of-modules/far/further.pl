let least = 8

assert least < 8 "of a module that a module uses"
//~ E0512 @8-17 refused: of a module that a module uses
//~ here: this does not hold

use far.further { least }

let workers = 4

assert workers == 4 "this holds"

assert workers > least "{workers} workers are fewer than {least}"
//~ E0512 @8-23 refused: 4 workers are fewer than 8
//~ here: this does not hold

assert 10 / (workers - 4) > 0 "cannot be computed"
//~ E0502 @8-26 division by zero
//~ help: test it first: `if n == 0 then … else …`

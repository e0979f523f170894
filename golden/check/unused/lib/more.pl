let limit_of = 4
let never = 5

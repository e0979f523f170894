component C { }
let c = C
let r = { a = 1 }
let b = r.bb
let t = "{r}"
let l = [x for x in 5]

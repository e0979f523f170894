component C { }
let c = C
//~ E0301 @9-10 `C` is a component, not a value
//~ at 1:11-12: declared here
//~ help: a host puts it to work: `run name = C { … }`
let r = { a = 1 }
let b = r.bb
//~ E0210 @11-13 `{ a: Int }` has no `bb`
//~ help: there is `a`
let t = "{r}"
//~ E0301 @11-12 a string cannot hold `{ a: Int }`
let l = [x for x in 5]
//~ E0301 @21-22 `for` goes through a list or the replicas of a host, not `Int`

// A day stands after `until` only, and is one of the calendar.
let a = 2027-06-30
//~ E0107 @9-19 expected a value, found `2027-06-30`
//~ help: write a day after `until` only
let b = 2027-02-30
//~ E0106 @9-19 there is no day 2027-02-30
//~ help: a date is written as year, month, day: `2027-06-30`
let c = 2027-6-30
let d: Date = 1
//~ E0307 @8-12 unknown type `Date`
//~ help: did you mean `Rate`?
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C { param p: Int = 1 }
environment e { base = debian, host h { run c = C } }
profile p of e { deviate h.c.p = 2 because "x" until 2027-13-01 }
//~ E0106 @54-64 there is no day 2027-13-01
//~ help: a date is written as year, month, day: `2027-06-30`
profile q of e { deviate h.c.p = 2 because "x" until tomorrow }
//~ E0107 @54-62 expected a day, as `2027-06-30`, found `tomorrow`
//~ help: write `deviate host.instance.parameter = value because "reason" until 2027-06-30`
profile r of e { deviate h.c.p = 2 because "x" until "2027-06-30" }
//~ E0107 @54-66 expected a day, as `2027-06-30`, found a string
//~ help: write `deviate host.instance.parameter = value because "reason" until 2027-06-30`

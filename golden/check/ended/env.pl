archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: String = "a" }
environment e { base = debian, host h { run c = C }, host i { run c = C } }
profile long_ended of e { absent h because "then" until 2027-06-29 }
//~ E0406 @57-67 the absence of `h` ended on 2027-06-29
//~ help: remove it, or say until when it is needed
profile today of e { deviate h.c.p = "b" because "now" until 2027-06-30 }
//~ warning W0406 @62-72 the deviation of `h.c.p` ends today, on 2027-06-30
//~ help: remove it, or say until when it is needed
profile tomorrow of e extends today { absent i because "soon" until 2027-07-01 }
//~ warning W0406 @69-79 the absence of `i` ends tomorrow, on 2027-07-01
//~ help: remove it, or say until when it is needed
profile soon of e { double i with C because "soon" until 2027-07-14 }
//~ warning W0406 @58-68 the double of `i` ends in 14 days, on 2027-07-14
//~ help: remove it, or say until when it is needed
profile later of e { double i with C because "later" until 2027-07-15 }

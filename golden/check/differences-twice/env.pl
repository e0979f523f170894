archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: String = "a", param q: String = "a" }
environment e {
  base = debian
  host one { run c = C }
  host two { run c = C { p = "1" }, run d = C }
}
profile same of e {
  absent one because "x"
  double one.c with C because "x"
  //~ E0202 @10-15 what `one.c` has otherwise is declared twice
  //~ at 9:10-13: absent here
  //~ help: keep one of them
  absent two.c because "x"
  absent two.c because "x"
  //~ E0202 @10-15 what `two.c` has otherwise is declared twice
  //~ at 14:10-15: absent here
  //~ help: keep one of them
  deviate two.d.p = "b" because "x"
  deviate two.d.p = "b" because "x"
  //~ E0202 @11-18 what `two.d.p` has otherwise is declared twice
  //~ at 19:11-18: set otherwise here
  //~ help: keep one of them
}
profile within of e {
  absent two because "x"
  double two.c with C because "x"
  //~ E0202 @10-15 the double of `two.c` changes nothing: `two` is absent
  //~ at 26:10-13: absent here
  //~ help: keep one of them
  double one with C because "x"
  deviate one.c.p = "b" because "x"
  //~ E0202 @11-18 the deviation of `one.c.p` changes nothing: `one` is doubled
  //~ at 31:10-13: doubled here
  //~ help: keep one of them
}
profile wider of e {
  absent two because "x"
  double one with C because "x"
}
profile narrower of e extends wider {
  deviate two.c.p = "b" because "not there any more"
  //~ E0202 @11-18 the deviation of `two.c.p` changes nothing: `two` is absent
  //~ at 38:10-13: absent here
  //~ help: keep one of them
  double one.c with C { p = "b" } because "replaces the other double"
}
profile again of e extends narrower { absent one because "replaces that" }
profile refined of e { double two.c with C because "x" }
profile removed of e extends refined { absent two because "x" }
profile refined_again of e extends removed { double two.c with C because "not there any more" }
//~ E0202 @53-58 the double of `two.c` changes nothing: `two` is absent
//~ at 50:47-50: absent here
//~ help: keep one of them
profile local of e { double two.c with C because "fine" }
variant gone of e { absent two because "fine by itself" }
variant v of e {
  one.c.p = "a"
  one.c.p = "b"
  //~ E0202 @3-10 `one.c.p` is set twice
  //~ at 58:3-10: first here
  package "libc6" = "1"
  package "libc6" from debian
  //~ E0202 @11-18 package `libc6` is held twice
  //~ at 62:11-18: first here
  //~ help: `package "x" = "1.2-3" from archive` says both
  absent one because "x"
  absent one.c because "x"
  //~ E0202 @10-15 what `one.c` has otherwise is declared twice
  //~ at 67:10-13: absent here
  //~ help: keep one of them
}
variant again of e { }
//~ E0202 @9-14 `again` is defined twice
//~ here: again here
//~ at 48:9-14: first here
//~ help: give one of them another name

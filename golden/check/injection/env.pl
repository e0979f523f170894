archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  param name: String
  file "/a" = ini { a = name, s = { b = name } }
  //~ E0505 @25-29 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/b" = lines ["x {name}"]
  //~ E0505 @22-32 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/c" = json { a = name }
  service c { exec = ["/bin/c", name], environment = { NAME = name } }
  //~ E0505 @22-38 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
}
environment e {
  base = debian
  host h { run c = C { name = "a\nb = 1" } }
}

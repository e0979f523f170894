archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
component C {
  service s { exec = ["/bin/a"] }
  service s { exec = ["/bin/b"] }
  //~ E0202 @11-12 `s` is defined twice
  //~ here: again here
  //~ at 3:11-12: first here
  //~ help: give one of them another name
  job j { exec = ["/bin/c"] }
  job j { exec = ["/bin/d"] }
  //~ E0202 @7-8 `j` is defined twice
  //~ here: again here
  //~ at 9:7-8: first here
  //~ help: give one of them another name
  job s { exec = ["/bin/e"] }
  //~ E0202 @7-8 `s` is defined twice
  //~ here: again here
  //~ at 4:11-12: first here
  //~ help: give one of them another name
}
environment e {
  base = debian
  host h { run c = C }
}

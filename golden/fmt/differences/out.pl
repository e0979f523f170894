profile big of e extends small {
  n           = 5
  a.memory    = 8GiB
  a.y.workers = 4
  every host { cpus = 4 }
  absent a.x because "nobody looks"
  double search with std_double because "x"
  double a.b with C { x = 1 } because "not under test" until 2027-06-30
  deviate a.b.c = [1, 2] because "slow"
}

variant next of e {
  a.x.from = apt { suites = ["trixie"] }
  package "x" = "1.2-3"
  package "y" from trixie
  package "z" = "1.0" from trixie
}

/// For trying out.
profile p of e extends q {
  n = 1
  every host { memory = 1GiB }
  /// Not under test.
  double h.search with Stub { port = 80 } because "it is slow" until 2027-06-30
  absent mail because "nobody writes"
  deviate h.app.debug = true because "to see" until 2030-01-01
  double.x.y = 5
  absent = 1
}
variant v of e {
  h.app.from = trixie
  h.base = apt { suites = ["x"] }
  package "a" = "1.2-3"
  package "b" from trixie
  package "c" = "2" from trixie
  package.x.y = 1
  absent h because "x"
}
protocol P { scheme = "p" }
protocol Q

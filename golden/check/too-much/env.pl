archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  let a = "0123456789012345678901234567890123456789"
  let b = "{a}{a}{a}{a}{a}{a}{a}{a}{a}{a}"
  let c = "{b}{b}{b}{b}{b}{b}{b}{b}{b}{b}"
  let d = "{c}{c}{c}{c}{c}{c}{c}{c}{c}{c}"
  let e = "{d}{d}{d}{d}{d}{d}{d}{d}{d}{d}"
  let f = "{e}{e}{e}{e}{e}{e}{e}{e}{e}{e}"
  let g = "{f}{f}{f}{f}{f}{f}{f}{f}{f}{f}"
  //~ E0508 @11-43 the description computes too much
  //~ note: work and memory are limited alike on every machine
  let h = "{g}{g}{g}{g}{g}{g}{g}{g}{g}{g}"
  file "/x" = text h
}
environment e {
  base = debian
  host h { run c = C }
}

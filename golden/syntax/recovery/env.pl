let a = 1 +
let b = [1, 2
let c = 3
component C {
  param : Int
  param ok: Int = 1
  file = text "x"
  package "kept"
  service s { exec = [1 2], user = "kept" }
}
lett d = 4
environment e { hst a { } base = x }

assert a == "b" "what is wrong with {a}"
component C {
  /// A secret.
  secret key
  file "/run/key" = secret key { mode = 0400 }
  file "/a" = yaml { a = 1 }
  file "/b" = toml { a = 1 }
  file "/c" = php { a = 1 }
  assert memory > 1GiB and true "too little"
  cliff replicas < 2 "nothing fails over"
}
environment e {
  secret key
  assert n > 1 "n"
}

use lib.parts { Part, size, debian }
environment e {
  base = debian
  host h { run p = Part { n = size } }
}
profile local of e { }

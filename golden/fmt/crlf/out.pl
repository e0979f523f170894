let a = 1

let b = """
  one
    two

  """

// comment

/// doc
component C {
  package "x"
}

let c = """not stripped
  here"""

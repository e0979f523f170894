let plain = "a\tb\n\"c\" \\ \{x\} \u{e9}"
let inner = "x {a + 1} y {"nested {b}"} z"
let raw = r"no \n {escapes} here"
let block = """
    first
      indented {a}

    last
    """
let no_final = """
  one
  two"""
let raw_block = r"""
  <?php echo "{$x}\n";
  """
let empty = ""

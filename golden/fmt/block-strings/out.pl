component C {
  file "/a" = text """
    at two
      at four

    {a +
b} is not a line
        """
  file "/b" = text """
      far in
    the least
      """ { mode = 0600 }
  file "/c" = text r"""
    <?php
    	tab
    """
  file "/d" = text """
      the quotes say
      less
    """
  file "/e" = lines [
    "a",
    """
      in a list
      """,
    "b",
  ]
  file "/f" = text """
    {"""
  inner
  """} outer
    """
  file "/g" = text """
    """
  file "/h" = text """
    no line break at the end"""
  file "/i" = text """
    tabs
      and blanks
    """
  file "/j" = text """
    a line of blanks:
          
    and a shorter one:

    """
}

component C {
  param none_at_all: String?
  param lists: List<List<String>> = [["a", "b"], [], ["c"]]
  file "/a" = lines [
    "plain", "", "  leading", "trailing  ", "# no comment", none_at_all, lists, [["deep", ["deeper"]]], "\ttab",
    ["{n}" for n in range(3)], if true then "yes" else "no",
  ]
  file "/empty" = lines []
  file "/text" = text "no line end"
  file "/block" = text """
    first
      indented {1 + 1}

    \{ brace, "quotes", \\ and \ttab
    """
  file "/raw" = text r"""
    no {interpolation}, no \n escape
    """
  file "/blank" = text ""
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

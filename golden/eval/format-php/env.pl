component C {
  param none_at_all: String?
  param settings: Map<Bool> = { b = true, a = false }
  file "/a.php" = php {
    wgSingle = "it's", wgDouble = "\"$wgSingle\" \{$a}", wgBackslash = "a\\", wgEnds = "a\\'b", wgClose = "?> <?php"
    wgLines = "one\ntwo", wgComment = "// no # no /* no */", wgEmpty = "", wgInt = -5, wgFloat = 1.0, wgSmall = 0.5
    wgTrue = true, wgSize = 1MiB, wgTime = 30s, wgNone = none_at_all, wgList = ["a", "it's"], wgEmptyList = [], wgMap = settings
    _under = { "key'" = 1, "0" = 2, nested = { list = [[1], [2]] }, none_here = none_at_all }
  }
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

// Debian's order, and the parts of a version.
component C {
  param v: Version = version("2:10.11.14-0+deb12u2")
  let odd = version("0~20230405.abc-1")
  file "/a" = lines [
    "{v} {v.epoch} {v.upstream} {v.revision} {v.major} {v.minor} {v.patch}",
    "{odd.epoch} {odd.upstream} {odd.revision} {odd.major} {odd.minor} {odd.patch}",
    "{version("8").minor} [{version("8").revision}] {version("8.2+93").patch} {version("1.2.3.4").patch} {version("1a.2b").minor}",
    "{version("1.10") > version("1.9")} {version("1.0~rc1") < version("1.0")} {version("1.0+b1") > version("1.0")}",
    "{version("1:0") > version("9")} {version("1.0-1") == version("1.0-1")} {version("1.0-1") != version("1.0-2")}",
    "{version("1.0") <= version("1.0")} {version("1.00") == version("1.0")}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

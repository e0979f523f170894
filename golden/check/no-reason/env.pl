archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { param p: String = "a" }
environment e { base = debian, host h { run c = C }, host i { run c = C }, host j { run c = C } }
profile a of e {
  absent h because ""
  //~ E0408 @20-22 the reason is empty
  //~ help: say why this profile differs: it is what its users will read
  absent i because " \t\n"
  //~ E0408 @20-27 the reason is empty
  //~ help: say why this profile differs: it is what its users will read
  absent j because "because {1 + 1}"
  //~ E0408 @30-35 a reason is plain text
  //~ help: write it out; `\{` is a brace itself
}
profile b of e {
  absent h because "fine: \{braces}"
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C {
  package "aa" { answers = { "relay" = "x" } }
  //~ E0510 @28-45 `relay` is not the name of a question
  //~ help: as `debconf-show PACKAGE` has it: `postfix/main_mailer_type`
  package "bb" { answers = { "bb/relay" = "x\nbb/other string y" } }
  //~ E0505 @28-67 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  package "cc" { answers = { "cc/two words" = "x" } }
  //~ E0510 @28-52 `cc/two words` is not the name of a question
  //~ help: as `debconf-show PACKAGE` has it: `postfix/main_mailer_type`
}
environment e {
  base = debian
  host a { run c = C }
}
profile local of e { }

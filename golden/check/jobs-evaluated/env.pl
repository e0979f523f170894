//! What is found of a job once its values are known.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component App {
  param program: String = "make"
  param user: String = "Some One"
  job relative { exec = [program] }
  //~ E0510 @25-34 a command begins with the absolute path of its program
  //~ help: for example `["/usr/sbin/mariadbd", "--help"]`
  job nobody { exec = ["/usr/bin/make"], user = user }
  //~ E0510 @49-53 `Some One` is not a user's or group's name
  //~ help: at most 32 lower case letters, digits, `_` and `-`, beginning with a letter or `_`
  job lines { exec = ["/usr/bin/make", "a\nb"] }
  //~ E0505 @22-47 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  job several { exec = ["/usr/bin/make"], once_for = "a\nb" }
  //~ E0505 @54-60 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  job named { exec = ["/usr/bin/make"], environment = { "A B" = 1 } }
  //~ E0510 @55-68 `A B` is not the name of an environment variable
  //~ help: letters, digits and `_`, not beginning with a digit
}

environment e {
  base = debian
  host app { run app = App }
}

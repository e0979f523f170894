// A name that a format cannot hold is refused, as is a line break where a value has one line.
component C {
  param word: String = "a\nb"
  file "/a" = ini { "a=b" = 1 }
  //~ E0505 @29-30 `a=b` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/b" = ini { "a]" = { x = 1 } }
  //~ E0505 @28-37 `a]` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/c" = ini { "[a" = 1 }
  //~ E0505 @28-29 `[a` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/d" = ini { "; a" = 1 }
  //~ E0505 @29-30 `; a` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/e" = ini { "" = 1 }
  //~ E0505 @26-27 `` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/f" = ini { a = word }
  //~ E0505 @25-29 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/g" = ini { a = { b = ["x", word] } }
  //~ E0505 @31-42 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/h" = php { "a-b" = 1 }
  //~ E0505 @29-30 `a-b` cannot be a variable of PHP
  //~ help: letters, digits and `_`, not beginning with a digit; neither `this` nor `GLOBALS`
  file "/i" = php { this = 1 }
  //~ E0505 @28-29 `this` cannot be a variable of PHP
  //~ help: letters, digits and `_`, not beginning with a digit; neither `this` nor `GLOBALS`
  file "/j" = php { "1a" = 1 }
  //~ E0505 @28-29 `1a` cannot be a variable of PHP
  //~ help: letters, digits and `_`, not beginning with a digit; neither `this` nor `GLOBALS`
  file "/k" = lines ["x", word]
  //~ E0505 @27-31 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/l{word}" = text "x"
  //~ E0505 @8-18 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/m" = text word
  file "/n" = json { a = word }
  link "/o" = word
  //~ E0505 @15-19 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  service s { exec = ["/a", word], environment = { A = word } }
  //~ E0505 @22-34 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  service t { exec = ["/a"], environment = { "A-B" = 1, "=" = 2 } }
  //~ E0510 @44-66 `A-B` is not the name of an environment variable
  //~ help: letters, digits and `_`, not beginning with a digit
  service u { exec = ["/a"], user = word }
  //~ E0505 @37-41 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/p" = ini { "{w}" = 1 for w in [word] }
  //~ E0505 @19-48 `a\nb` cannot be a name in an ini file
  //~ help: without `=` and, as a section, `]`; without blanks at its ends; not beginning with `[`, `;` or `#`
  file "/q" = php { a = "x\u{d}y" }
  //~ E0505 @25-34 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
  file "/r" = yaml { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1 }
  //~ E0505 @168-169 a key of YAML has at most 128 bytes
  check ["/a", word] { user = "a b" }
  //~ E0505 @9-21 this value holds a line break, and stands in one line
  //~ help: several lines are a list in `lines [ ]`, or `text`
  //~ note: a value with a line break could add settings of its own
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }

archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  param zero: Int = 0
  param far: String = "../x.sh"
  host h { run c = C }
}
test "a" of e { http h.c.http { path = "x" } }
//~ E0309 @40-43 `x` is not the path of a request
//~ help: begin it with `/`, and write what is not ASCII, blanks and `#` as `%20` and the like
test "b" of e { http h.c.http { path = "/a b" } }
//~ E0309 @40-46 `/a b` is not the path of a request
//~ help: begin it with `/`, and write what is not ASCII, blanks and `#` as `%20` and the like
test "c" of e { http h.c.http { method = "get" } }
//~ E0510 @42-47 `get` is not a method of HTTP
//~ help: as `GET`, `POST`, `PURGE`
test "d" of e { http h.c.http { headers = { "a b" = "c" } } }
//~ E0510 @43-58 `a b` is not the name of a header
//~ help: letters, digits, `-`, `_` and `.`
test "e" of e { http h.c.http { headers = { a = "b\nc: d" } } }
//~ E0505 @43-60 this value holds a line break, and stands in one line
//~ help: several lines are a list in `lines [ ]`, or `text`
//~ note: a value with a line break could add settings of its own
test "f" of e { http h.c.http { status = 200 / zero } }
//~ E0502 @42-52 division by zero
//~ help: test it first: `if n == 0 then … else …`
test "g" of e { http h.c.http { status = zero } }
//~ E0304 @42-46 `status` is `Int(100..=599)`, this is `0`
test "h" of e { script far }
//~ E0517 @24-27 `../x.sh` is not a path inside the project
//~ help: name a file of the project, as `tests/edit.sh`
test "i" of e { script "/x.sh" }
//~ E0517 @24-31 `/x.sh` is not a path inside the project
//~ help: name a file of the project, as `tests/edit.sh`
test "j" of e { script "x.sh" { a-b = "c" } }
//~ E0510 @33-36 `a-b` is not the name of an environment variable
//~ help: letters, digits and `_`, not beginning with a digit
test "l" of e { exec h ["true"] }
//~ E0510 @24-32 a command begins with the absolute path of its program
//~ help: for example `["/usr/sbin/mariadbd", "--help"]`
test "m" of e { exec h ["/bin/true"] { user = "A B" } }
//~ E0510 @47-52 `A B` is not a user's or group's name
//~ help: at most 32 lower case letters, digits, `_` and `-`, beginning with a letter or `_`
test "n" of e { exec h ["/bin/true"] { status = zero - 1 } }
//~ E0304 @49-57 `status` is `Int(0..=255)`, this is `-1`

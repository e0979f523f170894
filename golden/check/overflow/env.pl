archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component D {
  capacity n: Int = 9
  file "/a" = text "{9223372036854775807 + n}"
  //~ E0501 @22-45 the result is too large
  //~ help: numbers go up to 9223372036854775807, sizes up to that many bytes
  file "/b" = text "{1 / (n - 9)}"
  //~ E0502 @22-33 division by zero
  //~ help: test it first: `if n == 0 then … else …`
  file "/c" = text "{8388607TiB * 2}"
  //~ E0501 @22-36 the result is too large
  //~ help: numbers go up to 9223372036854775807, sizes up to that many bytes
  file "/d" = text "{1.0 / 0.0}"
  //~ E0502 @22-31 division by zero
}
environment e {
  base = debian
  host h { run d = D }
}

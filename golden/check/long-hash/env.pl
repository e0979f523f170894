//! What a message shows of a long text ends with a sign that there is more.

component C {
  tree "/srv" = download { url = "https://example.org/a.tar", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85" }
  //~ E0517 @72-137 `e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852…` is no SHA-256
  //~ help: 64 hexadecimal digits in lower case, as `sha256sum` prints them; here are 63
  package "a-package-with-a-name-that-is-quite-long-but-that-is-shown-to-its-End"
  //~ E0510 @11-82 `a-package-with-a-name-that-is-quite-long-but-that-is-shown-t…` is not a package's name
  //~ help: lower case letters, digits, `+`, `-` and `.`
}

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment e {
  base = debian
  host h { run c = C }
}

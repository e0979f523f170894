archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { package "nginx" }
environment e {
  base = debian
  host a { kind = "vm", kernel = "nginx", run c = C }
  //~ E0510 @34-41 `nginx` is not the name of a kernel's package
  //~ help: Debian's kernels are in packages whose names begin with `linux-image-`: `linux-image-cloud-amd64`, `linux-image-amd64`
  host b { kind = "vm", run c = C }
  host d { kernel = "not asked for", run c = C }
}
profile p of e {
  b.kernel = "linux image"
  //~ E0510 @14-27 `linux image` is not a package's name
  //~ help: lower case letters, digits, `+`, `-` and `.`
}

let a = version("bookworm")
//~ E0514 @9-28 `bookworm` is no version of a Debian package
//~ help: a version is `[epoch:]upstream[-revision]`, as `1:10.11.14-0+deb12u2`
let b = version("1:10.11.14-0+deb12u2")

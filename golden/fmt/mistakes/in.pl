// A file with mistakes is left as it is.
let a = [1, 2
component C { pakage "x" }

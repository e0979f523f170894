let a = "​"
let b­ = 1
let c = " "
let d = "a‍b"
let e = 'un⁠closed

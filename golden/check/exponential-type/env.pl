let a0 = { x = 1 }
let a1 = { x = a0, y = a0 }
let a2 = { x = a1, y = a1 }
let a3 = { x = a2, y = a2 }
let a4 = { x = a3, y = a3 }
let a5 = { x = a4, y = a4 }
let a6 = { x = a5, y = a5 }
let a7 = { x = a6, y = a6 }
let a8 = { x = a7, y = a7 }
let a9 = { x = a8, y = a8 }
let a10 = { x = a9, y = a9 }
let a11 = { x = a10, y = a10 }
//~ E0109 @11-31 a type has at most 4096 parts
//~ help: split the value
let a12 = { x = a11, y = a11 }
let a13 = { x = a12, y = a12 }
let a14 = { x = a13, y = a13 }
let a15 = { x = a14, y = a14 }
let a16 = { x = a15, y = a15 }
let a17 = { x = a16, y = a16 }
let a18 = { x = a17, y = a17 }
let a19 = { x = a18, y = a18 }
let a20 = { x = a19, y = a19 }
let a21 = { x = a20, y = a20 }
let a22 = { x = a21, y = a21 }
let a23 = { x = a22, y = a22 }
//~ E0109 @11-31 a type has at most 4096 parts
//~ help: split the value
let a24 = { x = a23, y = a23 }
let a25 = { x = a24, y = a24 }
let a26 = { x = a25, y = a25 }
let a27 = { x = a26, y = a26 }
let a28 = { x = a27, y = a27 }
let a29 = { x = a28, y = a28 }
let a30 = { x = a29, y = a29 }
let a31 = { x = a30, y = a30 }
let a32 = { x = a31, y = a31 }
let a33 = { x = a32, y = a32 }
let a34 = { x = a33, y = a33 }
let a35 = { x = a34, y = a34 }
//~ E0109 @11-31 a type has at most 4096 parts
//~ help: split the value
let a36 = { x = a35, y = a35 }
let a37 = { x = a36, y = a36 }
let a38 = { x = a37, y = a37 }
let a39 = { x = a38, y = a38 }
let a40 = { x = a39, y = a39 }

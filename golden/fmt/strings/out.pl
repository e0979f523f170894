let a = "with  blanks,  commas,and = signs // no comment"
let b = "an {  a+b  } interpolation {"inside {c+"x"} it"} stays \{ as \} it \u{7b} is \\"
let c = r"raw {x} \n //"
let d = ""
let e = """on one line"""

let f = """not stripped
    as it begins on the first line
  """

let g = "{a
  + b}"

let h = "tab	inside"
let i = "ümlaut — and more, counted as characters and not as bytes: äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü" + "x"

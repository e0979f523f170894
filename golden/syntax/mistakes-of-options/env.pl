let a: Int?? = 1
//~ E0107 @11-13 a type has one `?`
//~ help: write one `?`: it may be `none`, or not
let b: List<Int??> = []
//~ E0107 @16-18 a type has one `?`
//~ help: write one `?`: it may be `none`, or not
component C {
  file word ?? "/a" = text "x"
  //~ E0107 @13-15 expected `=`, found `??`
  //~ help: write `file "/path" = ini { … }`, or `json { … }`, `lines [ … ]`, `text "…"`
  param c: Int ? = 1
}
let d = a ? b : c
//~ E0107 @11-12 expected an item of the top level, found `?`
//~ help: a choice is `if … then … else …`; `a ?? b` is `b` where `a` is `none`
let e = a ?? 
//~ E0107 @1-1 expected a value, found the end

let a=1+2*3-4/2==5 and not false or 1<2
let b=(1+2)*3!=4
let c=x<=y and y>=z or x<y and y>z
let d=a??b??"c"
let e=if a then b else c
let f=not(a)and(b)or not not c
let g=m["k"]??m["l"]["n"].o
let h=f(a,b).c
let i = a . b . c
let j=10MiB/s*2+1KiB/s
let k=10MiB/size
let o=10MiB/s   .x+10MiB/s.x
let l=70%*96GiB
let m=a  +  b
let n=[x for x in xs if x!=1]

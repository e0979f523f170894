let a = {}
let b = [   ]
let c = {

}
let d = [
]
let e = f( )
let f = "" 
component C {}
environment e { base = d
  host h {
  } }
profile p of e {


}
use lib {}

//! Each kind of item, as close together as can be.
edition=1
use std . web { Apache }
let a:Int=1
type Role="primary"|"replica"
type Point={x:Int,y:Int?}
fn double(n:Int)->Int=n*2
protocol Http{scheme="http",port=80}
protocol Smtp
assert a>0"a is positive"
archive debian=apt{suites=["bookworm"],components=["main"]}
component C{package"c"}
environment e{base=debian}
profile local of e{}
profile big of e extends local{}
variant next of e{}

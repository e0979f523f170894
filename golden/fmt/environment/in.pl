environment e{base=debian,param p:Int=1
capacity n:Int(1..)=2
secret s
let m=n*2
assert m>n"more"
host a*n{memory=4GiB,cpus=2,run x=X
run y=Y{p=1,q=[c.x.http for c in a]}
expose x.http}
host b*(n+1){}
link a   b{latency=20ms,loss=1%}
link a c{latency=20ms
bandwidth=10MiB/s}
host c{base=other,run z=Z{tree=build{script="make",inputs=[]}}}
}

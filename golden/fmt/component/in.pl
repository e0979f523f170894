component Server{
param port:Int(1..=65535)=80
capacity memory:Size(..1GiB)=64MiB
secret password
let x=1
package"a"
package["b-{x}"for x in xs]
package f(x)
provides http:Http on port
requires one:MySql
state"/var/lib/a"{user="a",mode=0700}
file"/etc/a.conf"=ini{a=1,s={b=2}}{mode=0600}
file"/etc/b"=lines["a",["b"]]
file"/etc/c"=text"c"
file"/etc/d"=yaml{a=[1]}
file path(x)=text("a"+b)
file text("a")=text f("a")
tree"/srv"=git{url="https://x",rev="a"}{user="a"}
link"/etc/e"="d"
service a{exec=["/bin/a"],environment={A="b"},stop_signal="SIGQUIT"}
/// Once.
job b{exec=["/bin/b","the first command of all the commands that this long line has"];user="a";shared=true}
job c{exec=["/bin/c"]}
check["/bin/a","-t"]{user="a"}
assert port>1024 or x==1"a message"
cliff memory>1GiB"it changes its mind"
}

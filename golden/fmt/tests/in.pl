test   "a page is served"   of e{
// The front.
http edge.web.http{path="/x",status=200,within=30s}


script "tests/edit.sh"  {url=edge.web.http , PAGES=5}
script "tests/a-long-name-of-a-script-that-takes-its-time.sh" {url=edge.web.http, PAGES=5, A_VARIABLE_WITH_A_LONG_NAME="and a long value"}
exec app [ "/bin/true" ]{user="nobody"}
exec app commands
exec app   commands["start"]
exec app (if a then b["x"] else c)
fault   cut app   db
fault delay app db   100ms{jitter=5ms}
fault delay app db   delays["long"]{jitter=5ms}
fault loss app db 10%  // some
heal
}
/// Nothing.
test "nothing" of e { }
test "one" of e {http a.b.c}

use lib.env { e }
let app = "mine"
test "one" of e { script "x.sh" { a = app, b = db.c.http } }
test "two" of e { http app.c.http }
//~ E0210 @28-29 `String` has no `c`
test "shared" of e { http db.c.http }
profile local of e { }

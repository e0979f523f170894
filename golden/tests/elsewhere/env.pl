use lib.env { e }
let text = "the entry's"
test "of the entry" of e { script "x.sh" { a = text, b = app.c.http } }
profile local of e { }

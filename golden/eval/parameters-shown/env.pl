// Parameters are shown as the language writes them.
type Role = "primary" | "replica"
component Db { provides sql: MySql on 3306 }
component C {
  param text: String = "it's \"quoted\", a \\ and a \{brace\},\n\ttwo lines \u{1f980}"
  param role: Role = "replica"
  param float: List<Float> = [1.0, 0.25]
  param numbers: { size: Size, rate: Rate, time: Duration, percent: Percent } =
    { size = 1536MiB, rate = 10MiB/s, time = 1500ms, percent = 12.5% }
  param keys: Map<Bool> = { plain = true, b-c = false, d.e = true, "with space" = true, "1" = false, "" = true }
  param nothing: { a: Int?, b: String? } = { b = none }
  param empty: Map<Int> = {}
  param version: Version = version("1:2.3-4")
  param dir: Source = local { path = "./src", ignore = ["*.o"] }
  param repo: Source = git { repository = "https://example.org/x", revision = "v1.2" }
  param file: Source = download {
    url = "https://example.org/x.tar"
    sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    unpack = true
  }
  param built: Tree = build {
    from = build { run = ["make \"all\""] }, packages = ["make"], run = ["a", "b"]
    environment = { B = 2, A = "x" }, output = "out"
  }
  param debian: Archive = apt { suites = ["trixie"], mirror = "http://example.org" }
  param main: Archive = base
  param sql: Endpoint<MySql>
  param end: { at: Endpoint<MySql>, of: Db }
  param dbs: List<Db> = []
}
archive base = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = base
  param shared: List<Int> = [1, 2]
  host db { run sql = Db }
  host h { run c = C { sql = db.sql.sql, end = { at = db.sql.sql, of = db.sql }, dbs = [db.sql] } }
}
profile local of e { }

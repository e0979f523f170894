type Site = { name: String, lang: String?, length: Int? }
component C {
  param sites: List<Site> = [{ name = "fi" }, { name = "de", lang = "de", length = 3 }]
  let loose = [{ a = 1 }, { b = "x" }]
  file "/a" = lines ["{s.name} {s.lang ?? "en"} {s.length ?? 0}" for s in sites]
  file "/b" = lines ["{x.a ?? 0} {x.b ?? "-"}" for x in loose]
  file "/c.json" = json sites
  file "/d.json" = json loose
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

type Role = "primary" | "replica" | "arbiter"
fn say(r: Role?) -> String = match r { none => "none", "primary" | "replica" => "data", other => "only {other}" }
component C {
  param role: Role = "replica"
  param n: Int = -3
  param path: Path = "/srv"
  param may: Int?
  let nested = match role { "replica" => match n { -3 => "deep", _ => "no" }, _ => "no" }
  file "/a" = lines [
    "{say("primary")} {say(role)} {say("arbiter")} {say(none)}",
    "{match n { 0 | 1 => "few", -3 => "minus three", x => "{x}" }} {match path { "/srv" => "srv", p => p }}",
    "{match may { none => 0, x => x + 1 }} {match true { true => "yes", false => "no" }} {nested}",
    match n < 0 { true => "below", false => "above" },
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

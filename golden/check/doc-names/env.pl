//! The file speaks of {Server} and of {nothing}.
//~ E0212 @41-48 the doc comment speaks of `nothing`, which is not there
//~ help: there is `Own`, `Role`, `Server`, `Site`, `debian`, `e`, `half`, `p`, `suite`, `v`
//~ note: a comment that names what is there cannot outlive it

/// A role, as {Server.role}, {Role}, {String} and {max} say it; {Rolle} does not.
//~ E0212 @67-72 the doc comment speaks of `Rolle`, which is not there
//~ help: did you mean `Role`?
//~ note: a comment that names what is there cannot outlive it
type Role = "primary" | "replica"
/// {Site.name} and {Site.nmae}.
//~ E0212 @27-31 the doc comment speaks of `nmae`, which is not there
//~ help: did you mean `name`?
//~ note: a comment that names what is there cannot outlive it
type Site = { name: String, lang: String? }
/// Half of {x}, not of {y}.
//~ E0212 @26-27 the doc comment speaks of `y`, which is not there
//~ help: there is `x`, `Own`, `Role`, `Server`, `Site`, `debian`, `e`, `half`, `p`, `suite`, `v`
//~ note: a comment that names what is there cannot outlive it
fn half(x: Size) -> Size = x / 2
/// {Http} is known to everybody, and {Own} here.
protocol Own
/// {suite} is a value, {sute} is not.
//~ E0212 @26-30 the doc comment speaks of `sute`, which is not there
//~ help: did you mean `suite`?
//~ note: a comment that names what is there cannot outlive it
archive debian = apt { suites = [suite], components = ["main"], signed_by = "k" }
/// {half} of {debian}, {debian.suites}.
let suite = "bookworm"
/// A server of {http} for {sites}.
///
/// Its {role} is {password} and {db}; \{this} is a brace, { this } too, {this-one} too, {} too, {"a": 1} too.
/// And {missing} is not there.
//~ E0212 @10-17 the doc comment speaks of `missing`, which is not there
//~ help: what is no name is written without braces, or as `\{`
//~ note: a comment that names what is there cannot outlive it
component Server {
  /// {role} and {http.port}, {http.prot}.
  //~ E0212 @37-41 the doc comment speaks of `prot`, which is not there
  //~ help: did you mean `port`?
  //~ note: a comment that names what is there cannot outlive it
  param role: Role = "primary"
  /// {word.length}, {db.url}
  //~ E0212 @13-19 the doc comment speaks of `length`, which is not there
  //~ help: what is no name is written without braces, or as `\{`
  //~ note: a comment that names what is there cannot outlive it
  secret password
  requires db: MySql?
  param sites: List<Site> = []
  /// Of {role}.
  provides http: Http on 80
  /// {sites.length} and {first_site.name}, {first_site.nmae}.
  //~ E0212 @57-61 the doc comment speaks of `nmae`, which is not there
  //~ help: did you mean `name`?
  //~ note: a comment that names what is there cannot outlive it
  let first_site = first(sites)
  let word = "x"
  /// {rolle}
  //~ E0212 @8-13 the doc comment speaks of `rolle`, which is not there
  //~ help: did you mean `Role`?
  //~ note: a comment that names what is there cannot outlive it
  file "/a" = text word
  /// {a.b.c}
  //~ E0212 @8-9 the doc comment speaks of `a`, which is not there
  //~ help: what is no name is written without braces, or as `\{`
  //~ note: a comment that names what is there cannot outlive it
  state "/b"
}
/// Runs {web.server.role}, {web.server.http.url}, {web.server.password} on {web}, {many.server}, {n}, {web.sever}.
//~ E0212 @109-114 the doc comment speaks of `sever`, which is not there
//~ help: did you mean `server`?
//~ note: a comment that names what is there cannot outlive it
environment e {
  base = debian
  /// {web.memory} of {many.disk}, {web.mem}.
  //~ E0212 @41-44 the doc comment speaks of `mem`, which is not there
  //~ help: there is `server`
  //~ note: a comment that names what is there cannot outlive it
  secret key
  capacity n: Int(1..) = 1
  /// {memory} for {server}, {cpus} of {serve}.
  //~ E0212 @41-46 the doc comment speaks of `serve`, which is not there
  //~ help: did you mean `Server`?
  //~ note: a comment that names what is there cannot outlive it
  host web {
    /// {server.role} with {key}.
    run server = Server { password = key }
  }
  host many * n { run server = Server { password = key } }
}
/// Sets {n} and {web.server}, not {Server.http.bytes} nor {m}.
//~ E0212 @49-54 the doc comment speaks of `bytes`, which is not there
//~ help: there is `host`, `port`, `address`, `protocol`, `url`
//~ note: a comment that names what is there cannot outlive it
//~ E0212 @61-62 the doc comment speaks of `m`, which is not there
//~ help: what is no name is written without braces, or as `\{`
//~ note: a comment that names what is there cannot outlive it
profile p of e { n = 2 }
/// {n}, {web.server.role}, {role}.
//~ E0212 @30-34 the doc comment speaks of `role`, which is not there
//~ help: did you mean `Role`?
//~ note: a comment that names what is there cannot outlive it
variant v of e {
  web.server.role = "replica"
  /// {n} {k}
  //~ E0212 @12-13 the doc comment speaks of `k`, which is not there
  //~ help: what is no name is written without braces, or as `\{`
  //~ note: a comment that names what is there cannot outlive it
  absent many because "x"
}

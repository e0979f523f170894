//! Everybody who says something, and what that is computed from.
use lib.more { next, twice }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
let few = 1 + 1
component Fpm {
  /// How many at a time.
  capacity workers: Int(1..) = 5
  param extensions: List<String> = ["mysql", "intl"]
  param site: Tree = build { from = local { path = "src", ignore = ["*.o"] }, run = ["make {1 + 1}"], environment = { A_B = "1" } }
  param opcache: Size = 1MiB
  capacity port: Int = 9000
  let many = workers * few
  provides fastcgi: FastCgi on 9001
  file "/a" = json { many = many }
}
component Web {
  requires php: List<FastCgi>
  requires peer: Http?
  param first: String = "x"
  provides http: Http on 80
}
environment e {
  base = debian
  param town: String = "Turku"
  param tower: String = "{town}!"
  capacity servers: Int(1..) = few
  let addresses = [x.fpm.fastcgi.address for x in app]
  let names = match town { "Turku" => { a = town, "b c" = [none, town] }, other => { a = other, "b c" = [] } }
  host app * servers * few {
    memory = 2GiB
    run fpm = Fpm { workers = twice(cpus) + memory / 1GiB, extensions = ["apcu"] }
  }
  host web {
    base = next
    run web = Web { php = [a.fpm.fastcgi for a in app], first = "{fpm.fastcgi.port} {db.fpm.opcache.mib}" }
    run fpm = Fpm { from = apt { suites = ["sid"] } }
  }
  host db { run fpm = Fpm }
  host gone { run web = Web { php = [db.fpm.fastcgi] } }
}
profile base of e { every host { memory = 1GiB, cpus = 2 }, app.memory = 3GiB, servers = 3 }
profile local of e extends base {
  every host { cpus = few * 2 }
  deviate town = "Oulu" because "it is nearer"
  web.fpm.workers = 7
  absent gone because "nobody asks it"
  double db with Fpm { opcache = 5MiB } because "it is another"
}
variant v of e {
  web.fpm.workers = 8
  town = "Vaasa"
  web.base = debian
}

//! What a profile has otherwise, with what it extends below it.
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
protocol Admin
component Search {
  param language: String = "en"
  capacity heap: Size = 1GiB
  package "search"
  provides http: Http on 9200
  file "/search" = text "{language} {heap}"
}
component Stub {
  param language: String = "la"
  param says: String
  capacity room: Size
  requires database: MySql
  package "stub"
  provides admin: Admin on 9999
  provides http: Http on 9201
  file "/stub" = text "{says} {room} {database.address}"
}
component Mail { package "mail", provides smtp: Smtp on 25 }
component Db {
  param collation: String = "a"
  package "db"
  provides sql: MySql on 3306
  file "/db" = text collation
}
component Backup {
  param town: String
  requires of: MySql
  package "backup"
  provides status: Http on 81
  file "/backup" = text "{town}"
}
component Web {
  requires search: Http
  requires database: MySql
  requires mail: Smtp?
  requires status: Http?
  param language: String
  provides http: Http on 80
  file "/web" = text "{search.address} {database.address} {language}"
  file "/mail" = lines [match mail { none => "no mail", peer => peer.address }]
}
environment e {
  base = debian
  param town: String = "Turku"
  host search { memory = 4GiB, run search = Search { language = "fi", heap = memory / 2 } }
  host db { run db = Db, run backup = Backup { town = town, of = db.sql }, expose backup.status }
  host web { run web = Web { search = search.search.http, database = db.db.sql, mail = mail.mail.smtp, status = db.backup.status, language = search.search.language }, expose web.http }
  host mail { run mail = Mail, expose mail.smtp }
}
let reason = "unused"
profile small of e {
  double search with Stub { says = "from {town}", room = memory, database = db.db.sql }
    because "search takes too much memory" until 2099-06-30
  absent mail because "nobody reads it"
  deviate town = "Oulu" because "the other town"
  search.search.heap = 2GiB
}
profile local of e extends small {
  /// Nobody restores it here.
  absent db.backup because "backups are not under test"
  deviate db.db.collation = "b" because "as the old one"
  deviate town = "Vaasa" because "it is nearer"
}

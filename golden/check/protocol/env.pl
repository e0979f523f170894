use std.web { HAProxy }
use std.data { MariaDB }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host db { run mariadb = MariaDB }
  host edge { run haproxy = HAProxy { backends = [db.mariadb.sql] } }
  //~ E0305 @50-66 `backends` of `HAProxy` is `List<Endpoint<Http>>`, this is `List<Endpoint<MySql>>`
  //~ at std/web.pl: required here
  host one { run haproxy = HAProxy { backends = edge.haproxy.http } }
  //~ E0305 @49-66 `backends` of `HAProxy` is `List<Endpoint<Http>>`, this is `Endpoint<Http>`
  //~ at std/web.pl: required here
  //~ help: a list is wanted: put it into `[ ]`
  host two { run haproxy = HAProxy { backends = [edge.haproxy] } }
  //~ E0305 @49-63 `backends` of `HAProxy` is `List<Endpoint<Http>>`, this is `List<a component's instance>`
  //~ at std/web.pl: required here
  //~ help: name one endpoint of each: `[x.instance.endpoint for x in host]`
}

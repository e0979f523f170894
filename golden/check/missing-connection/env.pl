use std.web { HAProxy, Apache, PhpFpm }
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }
environment e {
  base = debian
  host edge { run haproxy = HAProxy { } }
  //~ E0303 @29-36 `haproxy` is not connected: it requires `backends`
  //~ at std/web.pl: required here
  //~ help: connect it: `backends = [x.apache.http for x in web]`
  host web * 2 {
    run apache = Apache { root = "/srv" }
    //~ E0303 @18-24 `apache` is not connected: it requires `php`
    //~ at std/web.pl: required here
    //~ help: connect it: `php = fpm.fastcgi`
    run fpm = PhpFpm { }
  }
}

//! What the standard library makes of a wiki behind caches, with connections in both directions.

use std.cache   { Varnish, Memcached }
use std.data    { MariaDB }
use std.storage { Swift }
use std.web     { Apache, PhpFpm }
use std.wiki    { MediaWiki }

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

environment small {
  base = debian
  secret database_password
  secret files_key
  secret wiki_key
  secret administrator_password
  host cache {
    run varnish = Varnish { backends = [a.apache.http for a in app], uncached = "^/w/index\\.php" }
    expose varnish.http
  }
  host app * apps {
    run apache = Apache {
      php     = fpm.fastcgi
      root    = wiki.root
      aliases = wiki.aliases
      proxied = wiki.proxied
      data    = wiki.data
      start   = wiki.start
    }
    run fpm = PhpFpm { }
    run wiki = MediaWiki {
      title                  = "It's a \"wiki\""
      database               = db.mariadb.sql
      database_password      = database_password
      files_key              = files_key
      key                    = wiki_key
      administrator_password = administrator_password
      files                  = store.swift.objects
      memory                 = [db.memcached.cache]
      caches                 = [cache.varnish.http]
    }
  }
  host db {
    run mariadb   = MariaDB   { password = database_password, databases = ["wiki"] }
    run memcached = Memcached { }
  }
  host store { run swift = Swift { accounts = ["wiki"], key = files_key, memory = [db.memcached.cache] } }
  capacity apps: Int(1..) = 1
}

profile two of small { apps = 2, cache.varnish.memory = 1GiB, db.memcached.memory = 100MiB }

//! An encyclopedia that everybody can edit: HAProxy takes the readers' requests, Varnish keeps the pages, Apache with
//! PHP-FPM and MediaWiki makes them, MariaDB keeps what they say, Swift what was uploaded,
//! and Memcached what was computed once.

use std.web     { HAProxy, Apache, PhpFpm }
use std.cache   { Varnish, Memcached }
use std.wiki    { MediaWiki }
use std.data    { MariaDB }
use std.storage { Swift }

/// Every host is made of this Debian; `env.lock` beside this file pins each package to a version and a hash.
archive debian = apt {
  suites     = ["bookworm"]
  components = ["main"]
  signed_by  = "debian-archive-keyring"
}

/// What runs where.
environment encyclopedia {
  base = debian

  /// Takes the readers' requests and spreads them over the caches.
  host edge {
    run haproxy = HAProxy {
      backends    = [c.varnish.http for c in cache]
      health      = health
      connections = edge_connections
    }
    expose haproxy.http
  }

  /// Keeps rendered pages close to the readers.
  host cache * cache_servers {
    run varnish = Varnish {
      backends = [a.apache.http for a in app]
      health   = health
      memory   = memory * 70%
      // The same page as a reader sees and as an editor gets it has two paths, and only the first is told when it changes.
      uncached = "^/w/index\\.php"
    }
  }

  /// Renders pages.
  host app * app_servers {
    run apache = Apache {
      php     = fpm.fastcgi
      root    = wiki.root
      aliases = wiki.aliases
      proxied = wiki.proxied
      data    = wiki.data
      start   = wiki.start
      health  = health
    }
    run fpm = PhpFpm { workers = 4 * cpus, memory_limit = 256MiB }
    run wiki = MediaWiki {
      title                  = "The Encyclopedia"
      database               = db.mariadb.sql
      database_password      = database_password
      files_key              = files_key
      key                    = wiki_key
      administrator_password = administrator_password
      files                  = media.swift.objects
      memory                 = [m.memcached.cache for m in memcache]
      caches                 = [c.varnish.http for c in cache]
      // Names are sorted as people of any language expect it, by a table that comes with PHP's `intl`.
      collation = "uca-default"
    }
  }

  /// Keeps pages, their histories, and who may do what. MediaWiki stores bytes, whatever the language.
  host db {
    run mariadb = MariaDB {
      databases     = ["wiki"]
      password      = database_password
      character_set = "binary"
      collation     = "binary"
      buffer_pool   = memory * 70%
    }
  }

  /// Keeps what people have uploaded, and the small pictures that are made of that.
  host media {
    run swift = Swift {
      accounts = ["wiki"]
      key      = files_key
      memory   = [m.memcached.cache for m in memcache]
      workers  = cpus
    }
  }

  /// Keeps what was computed once, and who is logged in.
  host memcache * memcache_servers {
    run memcached = Memcached { memory = memory * 80% }
  }

  /// What the wiki logs in to its database with.
  secret database_password
  /// What the wiki logs in to the store of uploads with.
  secret files_key
  /// What sessions and tokens are made with.
  secret wiki_key
  /// What the administrator logs in with.
  secret administrator_password

  /// What load balancer and caches ask to find out whether a host is well.
  let health = "/health.php"

  /// How many hosts keep pages.
  capacity cache_servers: Int(1..) = 1
  /// How many hosts render pages.
  capacity app_servers: Int(1..) = 1
  /// How many hosts keep what was computed.
  capacity memcache_servers: Int(1..) = 1
  /// How many readers are connected at the same time.
  capacity edge_connections: Int(1..) = 2000
}

/// What readers use.
profile production of encyclopedia {
  cache_servers    = 4
  app_servers      = 16
  memcache_servers = 4
  edge_connections = 100000
  every host { memory = 64GiB, cpus = 16 }
  db.memory = 512GiB
  db.cpus   = 64
}

/// On a laptop: one of each, small. The same software, configured the same way.
profile local of encyclopedia {
  every host { memory = 512MiB, cpus = 1 }
  db.mariadb.buffer_pool    = 64MiB
  cache.varnish.memory      = 64MiB
  memcache.memcached.memory = 64MiB
}

/// Somebody writes, and somebody else reads what the caches have. These know the site by the address that it is asked by, and commands
/// tell them of changes as `http://localhost`, since no `server` is set.
test "an edit is seen through the caches" of encyclopedia {
  exec app [
    "/bin/sh",
    "-c",
    "echo 'The first words.' | php /usr/share/mediawiki/maintenance/edit.php Sandbox",
  ] { user = "www-data", contains = "done" }
  http edge.haproxy.http {
    path     = "/wiki/Sandbox"
    headers  = { Host = "localhost" }
    contains = "The first words."
  }
  exec app [
    "/bin/sh",
    "-c",
    "echo 'Other words.' | php /usr/share/mediawiki/maintenance/edit.php Sandbox",
  ] { user = "www-data", contains = "done" }
  http edge.haproxy.http {
    path     = "/wiki/Sandbox"
    headers  = { Host = "localhost" }
    contains = "Other words."
  }
}

/// From a file to the store of uploads, and from there to a reader.
test "an upload is kept in the store" of encyclopedia {
  exec app [
    "/bin/sh",
    "-c",
    "php /usr/share/mediawiki/maintenance/importImages.php --extensions=png /usr/share/mediawiki/resources/assets",
  ] { user = "www-data", contains = "Added: " }
  http edge.haproxy.http { path = "/w/images/d/d4/Poweredby_mediawiki_88x31.png", contains = "PNG" }
}

/// The wiki says which one it is, to whoever asks the way programs do.
test "programs are answered" of encyclopedia {
  http edge.haproxy.http {
    path     = "/w/api.php?action=query&meta=siteinfo&format=json"
    contains = "The Encyclopedia"
  }
  http edge.haproxy.http { path = "/health.php", contains = "ok" }
  http edge.haproxy.http { path = "/wiki/Nothing_here", status = 404 }
}

//! A web site in three tiers: HAProxy takes the requests, Apache with PHP-FPM makes the pages, MariaDB keeps what
//! they say. The smallest description that has everything a production has.

use std.web  { HAProxy, Apache, PhpFpm }
use std.data { MariaDB }

/// Every host is made of this Debian. The suite no longer changes between its point releases, and `env.lock` beside
/// this file pins each package to a version and a hash, so what is built today can be built again.
archive debian = apt {
  suites     = ["bookworm"]
  components = ["main"]
  signed_by  = "debian-archive-keyring"
}

/// The site itself: one page that says which host made it, and how often it was visited.
component Site {
  /// Where the page's visits are counted.
  requires database: MySql

  /// The directory that the web server serves.
  param root: String
  /// The database, and the user of the same name.
  param name: String

  file "{root}/index.php" = text r"""
    <?php
    $config = json_decode(file_get_contents('/etc/site/database.json'), true);
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $db = new mysqli($config['host'], $config['user'], '', $config['database'], $config['port']);
    $db->query('CREATE TABLE IF NOT EXISTS visits (at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)');
    $db->query('INSERT INTO visits () VALUES ()');
    $visits = $db->query('SELECT COUNT(*) FROM visits')->fetch_row()[0];
    header('Content-Type: text/plain; charset=utf-8');
    echo "made by ", gethostname(), ", visit number ", $visits, "\n";
    """

  /// Answers the load balancer, without touching the database.
  file "{root}/health.php" = text r"""
    <?php
    echo "ok\n";
    """

  file "/etc/site/database.json" = json {
    host     = database.host
    port     = database.port
    database = name
    user     = name
  }
}

/// What runs where.
environment three_tier {
  base = debian

  /// Takes the readers' requests and spreads them over the web servers.
  host edge {
    run haproxy = HAProxy {
      backends    = [w.apache.http for w in web]
      health      = "/health.php"
      connections = edge_connections
    }
    expose haproxy.http
  }

  /// Makes the pages.
  host web * web_servers {
    run apache = Apache { php = fpm.fastcgi, root = "/srv/site", health = "/health.php" }
    run fpm    = PhpFpm { workers = 4 * cpus, extensions = ["mysql"] }
    run site   = Site   { root = "/srv/site", name = "site", database = db.mariadb.sql }
  }

  /// Keeps what the pages say.
  host db {
    run mariadb = MariaDB { databases = ["site"], buffer_pool = memory * 70% }
  }

  /// How many hosts make pages.
  capacity web_servers: Int(1..) = 1
  /// How many readers are connected at the same time.
  capacity edge_connections: Int(1..) = 2000
}

/// What readers use.
profile production of three_tier {
  web_servers      = 4
  edge_connections = 100000
  every host { memory = 16GiB, cpus = 8 }
  db.memory = 64GiB
  db.cpus   = 16
}

/// On a laptop: one of each, small. The same software, configured the same way.
profile local of three_tier {
  every host { memory = 512MiB, cpus = 1 }
  db.mariadb.buffer_pool = 64MiB
}

/// From the load balancer to the database and back.
test "visits are counted" of three_tier {
  http edge.haproxy.http { contains = "visit number 1" }
  http edge.haproxy.http { contains = "visit number 2" }
  exec db [
    "/usr/bin/mariadb",
    "site",
    "-e",
    "SELECT COUNT(*) = 2 AS counted FROM visits",
  ] { user = "mysql", contains = "1" }
}

/// What the load balancer asks does not touch the database.
test "health is told without a visit" of three_tier {
  http edge.haproxy.http { path = "/health.php", contains = "ok" }
  http edge.haproxy.http { path = "/nothing", status = 404 }
}

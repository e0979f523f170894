//! Web servers, for Debian 12: HAProxy 2.6, Apache 2.4, PHP-FPM 8.2.

/// Takes requests and spreads them over the servers behind it, leaving out those that fail their health check.
component HAProxy {
  /// The servers behind it.
  requires backends: List<Http>

  /// What a healthy server answers with 200.
  param health: String = "/"
  /// How long a connection may take to be made.
  param connect_timeout: Duration = 5s
  /// How long client or server may be silent.
  param silence_timeout: Duration = 30s
  /// Connections at the same time.
  capacity connections: Int(1..=1000000) = 2000

  package "haproxy"

  provides http: Http on 80

  file "/etc/haproxy/haproxy.cfg" = lines [
    "global",
    "  log stdout format raw local0",
    "  maxconn {connections}",
    "  user haproxy",
    "  group haproxy",
    "",
    "defaults",
    "  mode http",
    "  log global",
    "  option httplog",
    "  option dontlognull",
    "  option forwardfor",
    "  timeout connect {connect_timeout}",
    "  timeout client {silence_timeout}",
    "  timeout server {silence_timeout}",
    // A request whose server does not take it goes to another one, each time. One that may have been begun does so where it is
    // a `GET` or `HEAD`, which may be asked twice.
    "  option redispatch 1",
    "  retries 3",
    "  retry-on conn-failure empty-response 503",
    // A name that does not resolve yet is no reason not to start: the health check finds out. One that was down is asked more
    // often, so that readers have it soon after it is back.
    "  default-server init-addr last,libc,none inter 2s fastinter 500ms downinter 500ms fall 3 rise 1",
    "",
    "frontend http",
    "  bind :{http.port}",
    "  default_backend servers",
    "",
    "backend servers",
    "  balance roundrobin",
    "  http-request disable-l7-retry if !METH_GET",
    "  option httpchk GET {health}",
    "  http-check expect status 200",
    ["  server {server.address} {server.address} check" for server in backends],
  ]

  service haproxy {
    exec = ["/usr/sbin/haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]
    // Takes no more connections, and ends once those that it has are served.
    stop_signal = "SIGUSR1"
  }

  check ["/usr/sbin/haproxy", "-c", "-f", "/etc/haproxy/haproxy.cfg"]
}

/// The Apache HTTP server, serving one document root and handing PHP files to PHP-FPM.
component Apache {
  /// Where PHP files are run.
  requires php: FastCgi

  /// The directory that is served.
  param root: String
  /// Paths that lead elsewhere than below the root, to directories and files: the longest that fits counts.
  param aliases: Map<String> = { }
  /// Paths that are asked of other servers, by their URLs: the longest that fits counts, before any of `aliases`.
  param proxied: Map<String> = { }
  /// Directories of data: no PHP file in them is run.
  param data: List<String> = []
  /// Where whoever asks for `/` is sent.
  param start: String?
  /// What it answers as long as its pages can be made, as `/health.php`: until it does, it counts as not ready.
  param health: String?
  /// The name that it gives itself in redirects.
  param server_name: String = "localhost"
  /// Requests at the same time; Apache starts a process for each 25 of them.
  capacity workers: Int(25..=20000) = 150

  package "apache2"

  provides http: Http on 80

  file "/etc/apache2/ports.conf" = lines [
    "ServerName {server_name}",
    "Listen {http.port}",
    "ErrorLog /proc/self/fd/2",
  ]

  // `sites-enabled/000-default.conf`, which the package makes, points here.
  file "/etc/apache2/sites-available/000-default.conf" = lines [
    "<VirtualHost *:{http.port}>",
    "  DocumentRoot {root}",
    "  DirectoryIndex index.php index.html",
    ["  RedirectMatch ^/$ {to}" for to in present([start])],
    ["  ProxyPass {at} {proxied[at] ?? root}" for at in reverse(sort(proxied.keys))],
    ["  Alias {at} {aliases[at] ?? root}" for at in reverse(sort(aliases.keys))],
    "  <Directory {root}>",
    "    Options FollowSymLinks",
    "    AllowOverride None",
    "    Require all granted",
    "  </Directory>",
    // The packages that these belong to say themselves what else is allowed there.
    [["  <Directory {to}>", "    Require all granted", "  </Directory>"] for to in aliases.values],
    "  <FilesMatch \"\\.php$\">",
    "    SetHandler \"proxy:fcgi://{php.address}\"",
    "  </FilesMatch>",
    [
      [
        "  <Directory {directory}>",
        "    <FilesMatch \"\\.php$\">",
        "      SetHandler none",
        "    </FilesMatch>",
        "  </Directory>",
      ] for directory in data
    ],
    "  CustomLog /proc/self/fd/1 combined",
    "</VirtualHost>",
  ]

  // `mods-enabled/mpm_event.conf`, which the package makes, points here.
  file "/etc/apache2/mods-available/mpm_event.conf" = lines [
    "ThreadsPerChild 25",
    "ServerLimit {(workers + 24) / 25}",
    "MaxRequestWorkers {(workers + 24) / 25 * 25}",
  ]

  // What `a2enmod proxy proxy_fcgi proxy_http` would do.
  link "/etc/apache2/mods-enabled/proxy.load" = "../mods-available/proxy.load"
  link "/etc/apache2/mods-enabled/proxy.conf" = "../mods-available/proxy.conf"
  link "/etc/apache2/mods-enabled/proxy_fcgi.load" = "../mods-available/proxy_fcgi.load"
  link "/etc/apache2/mods-enabled/proxy_http.load" = "../mods-available/proxy_http.load"

  state "/run/apache2"
  state "/run/lock/apache2" { user = "www-data" }

  // Not by `apache2ctl`, which would stay between the server and whoever stops it: it reads the variables, which are those
  // of `/etc/apache2/envvars`, and waits.
  service apache {
    exec = ["/usr/sbin/apache2", "-D", "FOREGROUND"]
    environment = {
      APACHE_RUN_USER  = "www-data"
      APACHE_RUN_GROUP = "www-data"
      APACHE_PID_FILE  = "/run/apache2/apache2.pid"
      APACHE_RUN_DIR   = "/run/apache2"
      APACHE_LOCK_DIR  = "/run/lock/apache2"
      APACHE_LOG_DIR   = "/var/log/apache2"
      LANG             = "C"
    }
    health = match health { none => none, path => "{http.url}{path}" }
    // Answers the requests that it has, and then ends.
    stop_signal = "SIGWINCH"
  }

  check ["/usr/sbin/apache2ctl", "configtest"]
}

/// Runs PHP files for a web server on the same host.
component PhpFpm {
  /// Extensions by the names of their packages: `mysql` is `php8.2-mysql`.
  param extensions: List<String> = []
  /// Memory that one request may take.
  param memory_limit: Size(8MiB..) = 128MiB
  /// How long requests may go on once it is asked to end.
  param stop_timeout: Duration = 5s
  /// The TCP port on the loopback address.
  param port: Int(1..=65535) = 9000
  /// Requests at the same time, each a process.
  capacity workers: Int(1..=10000) = 5

  package "php8.2-fpm"
  package ["php8.2-{extension}" for extension in extensions]

  provides fastcgi: FastCgi on port

  file "/etc/php/8.2/fpm/pool.d/www.conf" = ini {
    global = {
      error_log = "/proc/self/fd/2"
      // How long requests that it has may take once it is asked to end.
      process_control_timeout = stop_timeout
    }
    www = {
      user            = "www-data"
      group           = "www-data"
      listen          = fastcgi.address
      pm              = "static"
      pm.max_children = workers
      // What the service is given in its environment is meant for the application.
      clear_env               = "no"
      catch_workers_output    = "yes"
      decorate_workers_output = "no"
    }
  }

  file "/etc/php/8.2/fpm/conf.d/90-plc.ini" = ini {
    PHP = {
      memory_limit   = "{memory_limit.mib}M"
      display_errors = "Off"
      log_errors     = "On"
    }
  }

  service fpm {
    exec = ["/usr/sbin/php-fpm8.2", "--nodaemonize", "--fpm-config", "/etc/php/8.2/fpm/php-fpm.conf"]
    // Answers the requests that it has, and then ends.
    stop_signal = "SIGQUIT"
  }

  check ["/usr/sbin/php-fpm8.2", "--test"]
}

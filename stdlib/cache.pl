//! Caches, for Debian 12: Varnish 7.1, Memcached 1.6.

/// Keeps pages, and answers for the servers behind it as long as they are fresh.
component Varnish {
  /// The servers that make the pages. They may also tell it which pages are no longer true (`PURGE`).
  requires backends: List<Http>

  /// What a healthy server answers with 200.
  param health: String = "/"
  /// Requests with such a cookie are a person's own: they go through, and their answers are not kept.
  param personal: String = "([sS]ession|Token)="
  /// Paths whose answers are not kept, as a regular expression.
  param uncached: String?
  /// Memory for pages.
  capacity memory: Size(16MiB..) = 256MiB

  package "varnish"

  provides http: Http on 80

  file "/etc/varnish/default.vcl" = lines [
    "vcl 4.1;",
    "",
    "import directors;",
    "import std;",
    "",
    "probe health \{",
    "  .url = \"{health}\";",
    // Two of them until one that was down is believed to be back.
    "  .interval = 500ms;",
    "  .timeout = 1s;",
    "  .window = 3;",
    "  .threshold = 2;",
    // It is started once they are ready, and believes so until it knows better.
    "  .initial = 2;",
    "}",
    "",
    [
      [
        "backend {backend_name(backend.host)} \{",
        "  .host = \"{backend.host}\";",
        "  .port = \"{backend.port}\";",
        "  .probe = health;",
        "}",
        "",
      ] for backend in backends
    ],
    "acl purgers \{",
    // In parentheses: a name that is not known is passed over.
    ["  (\"{backend.host}\");" for backend in backends],
    "}",
    "",
    "sub vcl_init \{",
    "  new servers = directors.round_robin();",
    ["  servers.add_backend({backend_name(backend.host)});" for backend in backends],
    "}",
    "",
    "sub vcl_recv \{",
    "  set req.backend_hint = servers.backend();",
    // What is no longer fresh is served only where no server is healthy.
    "  if (std.healthy(req.backend_hint)) \{",
    "    set req.grace = 0s;",
    "  }",
    // Varnish adds whom it is asked by, which is the proxy before it; that one has said who the reader is.
    "  set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, \",[^,]*$\", \"\");",
    "  if (req.method == \"PURGE\") \{",
    "    if (client.ip !~ purgers) \{",
    "      return (synth(405));",
    "    }",
    "    return (purge);",
    "  }",
    "  if (req.method != \"GET\" && req.method != \"HEAD\") \{",
    "    return (pass);",
    "  }",
    "  if (req.http.Authorization || req.http.Cookie ~ \"{personal}\") \{",
    "    return (pass);",
    "  }",
    [["  if (req.url ~ \"{paths}\") \{", "    return (pass);", "  }"] for paths in present([uncached])],
    // Whoever asks the same of this cache wants to know of the servers too; a front page is kept all the same.
    [
      ["  if (req.url == \"{path}\") \{", "    return (pass);", "  }"]
        for path in if health == "/" then [] else [health]
    ],
    "  unset req.http.Cookie;",
    "  return (hash);",
    "}",
    "",
    "sub vcl_backend_response \{",
    "  set beresp.grace = 1h;",
    "}",
    "",
    "sub vcl_deliver \{",
    "  if (obj.hits > 0) \{",
    "    set resp.http.X-Cache = \"hit\";",
    "  } else \{",
    "    set resp.http.X-Cache = \"miss\";",
    "  }",
    "}",
  ]

  // How much memory there is, is an argument of the program; what a service is started with is the same in all profiles.
  service varnishd {
    exec = [
      "/bin/sh",
      "-c",
      "exec /usr/sbin/varnishd -j unix,user=vcache -F -a :{http.port} -f /etc/varnish/default.vcl -s malloc,$VARNISH_MEMORY",
    ]
    environment = { VARNISH_MEMORY = "{memory.bytes}b" }
  }

  // The names of hosts are known where it runs only.
  check [
    "/bin/sh",
    "-ec",
    "sed 's/\\.host = \".*\"/.host = \"127.0.0.1\"/' /etc/varnish/default.vcl > /tmp/check.vcl; exec /usr/sbin/varnishd -C -f /tmp/check.vcl",
  ]
}

/// The name of a backend: letters, digits and `_`.
fn backend_name(host: String) -> String = "b_" + replace(replace(host, ".", "_"), "-", "_")

/// Keeps values by their keys, in memory only.
component Memcached {
  /// The size above which a value is not kept.
  param largest: Size(1KiB..=1GiB) = 1MiB
  /// Memory for values.
  capacity memory: Size(1MiB..) = 64MiB
  /// Connections at the same time.
  capacity connections: Int(1..) = 1024
  /// Threads that serve them.
  capacity threads: Int(1..=64) = 4

  package "memcached"

  provides cache: Memcached on 11211

  // How much there is of each is in the environment: what a service is started with is the same in all profiles.
  service memcached {
    exec = [
      "/bin/sh",
      "-c",
      "exec /usr/bin/memcached -l 0.0.0.0 -p {cache.port} -U 0 -I {largest.bytes} -m $MEMORY -c $CONNECTIONS -t $THREADS",
    ]
    user        = "memcache"
    environment = { MEMORY = memory.mib, CONNECTIONS = connections, THREADS = threads }
  }

  check ["/usr/bin/memcached", "-V"]
}

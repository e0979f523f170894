//! Stores of files, for Debian 12: OpenStack Swift 2.30.

/// Keeps files as objects, which are read and written over HTTP: all of Swift on one host, with one copy of each object.
component Swift {
  /// Where it keeps who is logged in.
  requires memory: List<Memcached>

  /// Accounts, each with a user of its name that may do everything in it.
  param accounts: List<String>
  /// What these users log in with.
  secret key
  /// The size above which an object is refused.
  param largest: Size(1MiB..) = 5GiB
  /// Processes that take requests.
  capacity workers: Int(1..=1000) = 2

  package ["swift-proxy", "swift-account", "swift-container", "swift-object"]

  provides objects: Swift on 8080

  state "/srv/node" { user = "swift", group = "swift", mode = 0750 }
  state "/var/lib/swift-rings" { user = "swift", group = "swift" }
  state "/run/swift" { user = "swift", group = "swift" }

  // Where an object lies follows from its name and these words, which therefore never change.
  file "/etc/swift/swift.conf" = ini {
    swift-hash         = { swift_hash_path_prefix = "plc", swift_hash_path_suffix = "plc" }
    "storage-policy:0" = { name = "one", default = "yes" }
    swift-constraints  = { max_file_size = largest }
  }

  file "/etc/swift/proxy-server.conf" = lines [
    "[DEFAULT]",
    "bind_ip = 0.0.0.0",
    "bind_port = {objects.port}",
    "workers = {workers}",
    common,
    "",
    "[pipeline:main]",
    "pipeline = catch_errors gatekeeper healthcheck proxy-logging cache listing_formats tempauth copy proxy-logging proxy-server",
    "",
    "[app:proxy-server]",
    "use = egg:swift#proxy",
    "allow_account_management = true",
    "account_autocreate = true",
    "",
    "[filter:cache]",
    "use = egg:swift#memcache",
    "memcache_servers = {join([server.address for server in memory], ",")}",
    "",
    [
      ["[filter:{filter.name}]", "use = egg:swift#{filter.egg}"] for filter in [
        { name = "catch_errors", egg = "catch_errors" },
        { name = "gatekeeper", egg = "gatekeeper" },
        { name = "healthcheck", egg = "healthcheck" },
        { name = "proxy-logging", egg = "proxy_logging" },
        { name = "listing_formats", egg = "listing_formats" },
        { name = "copy", egg = "copy" },
      ]
    ],
    "",
    // To which the users are added as the proxy starts.
    "[filter:tempauth]",
    "use = egg:swift#tempauth",
  ]

  file "/etc/swift/account-server.conf" = lines server("account", 6202, common)
  file "/etc/swift/container-server.conf" = lines server("container", 6201, common)
  file "/etc/swift/object-server.conf" = lines server("object", 6200, common)

  let common = ["swift_dir = /var/lib/swift-rings", "user = swift", "log_level = INFO"]

  file "/usr/local/lib/swift/rings.py" = text r"""
    # Makes the rings, which say where things lie: here, all of them in one directory.
    import os
    from swift.common.ring import RingBuilder
    os.makedirs("/srv/node/one", exist_ok=True)
    os.chdir("/var/lib/swift-rings")
    for name, port in [("account", 6202), ("container", 6201), ("object", 6200)]:
        builder = RingBuilder(8, 1, 1)
        place = {"region": 1, "zone": 1, "device": "one", "weight": 1.0, "meta": ""}
        address = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
        builder.add_dev(place | address)
        builder.rebalance()
        builder.save(name + ".builder")
        builder.get_ring().save(name + ".ring.gz")
    """

  job rings {
    exec = ["/usr/bin/python3", "/usr/local/lib/swift/rings.py"]
    user = "swift"
  }

  service account {
    exec = ["/usr/bin/swift-account-server", "/etc/swift/account-server.conf", "-v"]
    user = "swift"
  }

  service container {
    exec = ["/usr/bin/swift-container-server", "/etc/swift/container-server.conf", "-v"]
    user = "swift"
  }

  service object {
    exec = ["/usr/bin/swift-object-server", "/etc/swift/object-server.conf", "-v"]
    user = "swift"
  }

  file "/run/swift-secrets/key" = secret key { user = "swift" }

  // The configuration with the users and their key in it is in memory only.
  file "/usr/local/lib/swift/proxy.sh" = text r"""
    set -eu
    umask 077
    key=$(cat /run/swift-secrets/key)
    cp /etc/swift/proxy-server.conf /run/swift/proxy-server.conf
    for account in "$@"; do
        printf 'user_%s_%s = %s .admin\n' "$account" "$account" "$key" >> /run/swift/proxy-server.conf
    done
    exec /usr/bin/swift-proxy-server /run/swift/proxy-server.conf -v
    """

  service proxy {
    exec = ["/bin/sh", "/usr/local/lib/swift/proxy.sh"] + accounts
    user = "swift"
  }

  // A library of Swift's looks up `localhost` as it is loaded, which has no address while hosts are built.
  file "/usr/local/lib/swift/check.py" = text r"""
    from logging.handlers import SysLogHandler
    SysLogHandler.createSocket = lambda self: None
    from paste.deploy.loadwsgi import APP
    from swift.common.wsgi import loadcontext
    for server in ["proxy", "account", "container", "object"]:
        loadcontext(APP, f"/etc/swift/{server}-server.conf")
    """

  check ["/usr/bin/python3", "/usr/local/lib/swift/check.py"]
}

/// The configuration of one of the servers behind the proxy.
fn server(name: String, port: Int, common: List<String>) -> List<String> = [
  "[DEFAULT]",
  "bind_ip = 127.0.0.1",
  "bind_port = {port}",
  "workers = 1",
  "devices = /srv/node",
  "mount_check = false",
] + common + [
  "",
  "[pipeline:main]",
  "pipeline = {name}-server",
  "",
  "[app:{name}-server]",
  "use = egg:swift#{name}",
  // The proxy says what it was asked.
  "set log_requests = false",
]

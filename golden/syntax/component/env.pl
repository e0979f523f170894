/// A server.
component Server {
  /// Its port.
  param port: Int(1..=65535) = 80
  capacity memory: Size(..1GiB) = 64MiB
  param shape: { a: Int, b: List<String> }
  let x = 1
  package "a"
  package ["b-{x}" for x in xs]
  provides http: Http on port
  requires one: MySql
  requires many: List<Http>
  state "/var/lib/a" { user = "a", group = "a", mode = 0700 }
  /// The configuration.
  file "/etc/a.conf" = ini { a = 1, s = { b = 2 } } { mode = 0600, user = "a" }
  file "/etc/b" = lines ["a", ["b"]]
  file "/etc/c" = text """
    c
    """
  file "/etc/d" = json [1]
  link "/etc/e" = "d"
  service a { exec = ["/bin/a"], user = "a", environment = { A = "b" }, ready = ["/bin/r"], stop_signal = "SIGQUIT" }
  /// Makes what it starts from.
  job b { exec = ["/bin/b"], user = "a", environment = { A = "b" }, shared = true }
  check ["/bin/a", "-t"] { user = "a" }
}

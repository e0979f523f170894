archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  /// How far away the database is.
  capacity far: Duration = 20ms
  host h { run c = C }
  host the_db { run c = C }
  host gone { run c = C }
  /// Through the sea.
  link h the_db {
    latency   = far
    bandwidth = 1MiB/s * 3
    loss      = 0.5%
    jitter    = far / 10
  }
  link h gone { latency = 5ms }
  link the_db gone { }
}
profile local of e {
  far = 50ms
  absent gone because "it is elsewhere"
}

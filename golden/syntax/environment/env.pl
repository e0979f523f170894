/// The environment.
environment e {
  base = debian
  param p: Int = 1
  capacity n: Int(1..) = 2
  let m = n * 2
  /// How far.
  link a b { latency = 20ms, "bandwidth" = n }
  /// A host.
  host a * n {
    memory = 4GiB, cpus = 2
    /// An instance.
    run x = X
    run y = Y { p = 1, q = [c.x.http for c in a] }
    expose x.http
  }
}
/// A profile.
profile big of e extends small {
  n = 5, a.memory = 8GiB
  a.y.workers = 4
  every host { cpus = 4 }
}

archive debian = apt { suites = ["a", "b"], components = ["main"], signed_by = "keys/own.gpg", mirror = "file:///srv/mirror" }
/// Documented.
environment e {
  base = debian
  /// Also documented.
  host h { }
}
profile local of e { }

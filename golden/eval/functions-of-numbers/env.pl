component C {
  file "/a" = lines [
    "{min(3, 1, 2)} {max(3, 1, 2)} {min(5)} {max(1MiB, 2KiB).kib} {min(30s, 1min)} {max(10%, 9.5%)} {max(0.5, 1.5)}",
    "{max(version("1.10"), version("1.9"))} {min(1KiB/s, 1MiB/s).bytes_per_second}",
    "{floor(1.9)} {floor(-1.1)} {floor(2.0)} {float(3)} {float(3) / 2.0} {floor(float(7) * 0.5)}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

component C {
  param rate: Rate = 10MiB/s
  param size: Size = 100MiB
  file "/a" = lines [
    "int {1 + 2} {1 - 2} {2 * 3} {7 / 2} {-7 / 2} {7 / -2} {-(1 + 2)} {2 + 3 * 4} {(2 + 3) * 4} {10 - 3 - 2}",
    "size {(size + 1MiB).mib} {(size - 1MiB).mib} {(size * 2).mib} {(2 * size).mib} {(size / 3).bytes} {size / 30MiB} {(size * 70%).mib}",
    "time {1min + 30s} {1min - 90s} {2h / 4} {1h / 7min} {90s * 50%} {3 * 1500ms} {-30s}",
    "percent {50% + 12.5%} {50% - 75%} {50% / 3} {70% / 20%} {3 * 10%} {10 * 75%} {75% * 10} {7 * 50%} {-7 * 50%}",
    "rate {(rate + 1MiB/s).kib_per_second} {(rate * 2).mib_per_second} {(rate / 3).bytes_per_second} {rate / 3MiB/s} {(rate * 50%).mib_per_second}",
    "rate {(rate * 1min).mib} {(1min * rate).mib} {size / rate} {(size / 7s).kib_per_second} {(1B / 3s).bytes_per_second} {1KiB / 3B/s}",
    "float {1.5 + 2.25} {1.5 - 2.0} {1.5 * 2.0} {1.0 / 4.0} {-1.5} {1.0} {0.1 + 0.2}",
    "text {"a" + "b"} lists {([1] + [2, 3]).length}",
    "compare {1 < 2} {2 <= 2} {3 > 4} {4 >= 4} {1 == 1} {1 != 1} {1KiB == 1024B} {60s == 1min} {1.0 < 1.5} {50% == 50.0%}",
    "equal {"a" == "a"} {"a" != "b"} {true == false} {1.5 == 1.5}",
    "logic {true and false} {true or false} {not true} {not (true and false)} {false and 1 / 0 == 1} {true or 1 / 0 == 1} {1 < 2 and 2 < 3 or false}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

// An empty list has a sum of its own kind.
component C {
  param sizes: List<Size> = []
  param times: List<Duration> = []
  param floats: List<Float> = []
  param rates: List<Rate> = [1KiB/s, 2KiB/s]
  file "/a" = lines [
    "{sum(sizes).mib} {sum(sizes) + 1MiB} {sum(times)} {sum(times) + 5s} {sum(floats) * 2.0} {sum(rates).kib_per_second}",
    "{sum([1, 2, 3])} {sum([])} {sum([50%, 12.5%])} {sum([x.s for x in [{ s = 1MiB }, { s = 2MiB }]]).mib}",
  ]
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }
profile local of e { }

// What cannot be seen under a profile, by what its hosts have.
component C {
  capacity workers: Int = 1
  param memory_of_its_own: Int = 1
  cliff replicas < 2 "failover cannot be seen"
  cliff memory < 2GiB "the size of {memory.mib} MiB"
  cliff cpus < 4 "never reached: nobody says"
  cliff disk < 1GiB and true "never reached either"
  cliff workers == 1 or replicas > 100 "with {workers} worker"
  cliff false "never"
}
component D {
  capacity replicas: Int = 7
  cliff replicas == 7 "a parameter of one's own comes first"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  host one { memory = 1GiB, run c = C, run d = D }
  host two * 2 { memory = 2GiB, run c = C { workers = 2 } }
  host three { run c = C }
}
profile local of e { }

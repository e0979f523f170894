// A cliff is a condition on capacities, which nothing else in a component sees of its host.
component C {
  capacity workers: Int = 1
  cliff replicas "not a condition"
  //~ E0301 @9-17 a condition is `Bool`, this is `Int`
  cliff memory < 2 "no unit"
  //~ E0302 @9-15 `<` does not apply to `Size(1B..)` and `Int`
  //~ here: `Size(1B..)`
  //~ at 6:18-19: `Int`
  //~ help: both sides need the same unit
  cliff disks < 1GiB "misspelt"
  //~ E0201 @9-14 unknown name `disks`
  //~ help: did you mean `disk`?
  assert replicas < 2 "an assertion does not see them"
  //~ E0201 @10-18 unknown name `replicas`
  //~ help: how much a host has, a component is told: declare `capacity replicas: …`, and set it where it is run
  file "/a" = text "{memory}"
  //~ E0201 @22-28 unknown name `memory`
  //~ help: how much a host has, a component is told: declare `capacity memory: …`, and set it where it is run
  let much = cpus * 2
  //~ E0201 @14-18 unknown name `cpus`
  //~ help: how much a host has, a component is told: declare `capacity cpus: …`, and set it where it is run
}

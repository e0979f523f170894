archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  param huge: Percent = 100%
  host h { run c = C }
  host other { run c = C }
  host many * 2 { run c = C }
}
test "one" of e {
  fault cut h h
  //~ E0519 @15-16 `h` is on no way to itself
  //~ help: name two hosts, or one that has replicas twice
  fault cut many many
  fault delay h nobody 5ms
  //~ E0210 @17-23 environment `e` has no host `nobody`
  //~ help: there is `h`, `other`, `many`
  fault delay h other 5
  //~ E0301 @23-24 a delay is `Duration(0s..)`, this is `Int`
  //~ help: write a duration with its unit, for example `30s`
  fault delay h other 5ms { free = 5ms, jitter = 5 }
  //~ E0209 @29-33 a delay has no `free`
  //~ help: there is `jitter`
  //~ E0301 @50-51 `jitter` is `Duration(0s..)`, this is `Int`
  //~ help: write a duration with its unit, for example `30s`
  fault loss h other 101%
  //~ E0304 @22-26 a loss is `Percent(0%..=100%)`, this is `101%`
  fault rate h other 0B/s
  //~ E0304 @22-26 a rate is `Rate(1B/s..)`, this is `0B/s`
  fault cut h other { jitter = 5ms }
  //~ E0209 @23-29 this fault has no `jitter`
  fault full_disk h { free = 0B }
  //~ E0304 @30-32 `free` is `Size(1B..)`, this is `0B`
  fault freeze many
  heal
}
test "two" of e { fault loss h other (huge * 2) }

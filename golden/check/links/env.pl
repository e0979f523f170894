archive debian = apt { suites = ["stable"], components = ["main"], signed_by = "debian-archive-keyring" }
component C { provides http: Http on 80, package "cc" }
environment e {
  base = debian
  capacity far: Duration = 20ms
  host h { run c = C }
  host other { run c = C }
  host many * 2 { run c = C }
  link h other { latency = far, bandwidth = 1MiB/s, loss = 0.5%, jitter = 1ms }
  link other h { latency = 5ms }
  //~ E0202 @3-33 the link between `other` and `h` is declared twice
  //~ at 9:3-80: first here
  link many many { latency = 5ms }
  link h h { latency = 5ms }
  //~ E0519 @10-11 `h` is on no way to itself
  //~ help: name two hosts, or one that has replicas twice
  link h nobody { latency = 5ms }
  //~ E0210 @10-16 environment `e` has no host `nobody`
  //~ at 3:13-14: the environment
  //~ help: there is `h`, `other`, `many`
  link many h { latency = 5, bandwidth = 0B/s, loss = 101%, delay = 5ms }
  //~ E0301 @27-28 `latency` is `Duration(0s..)`, this is `Int`
  //~ help: write a duration with its unit, for example `30s`
  //~ E0304 @42-46 `bandwidth` is `Rate(1B/s..)`, this is `0B/s`
  //~ E0304 @55-59 `loss` is `Percent(0%..=100%)`, this is `101%`
  //~ E0209 @61-66 a link has no `delay`
  //~ help: there is `latency`, `jitter`, `bandwidth`, `loss`
}

// All replicas of a host connect, and how many there are is capacity.
component Peer { provides http: Http on 80 }
component Web {
  requires peers: List<Http>
  let ports = [p.port for p in peers]
  param count: Int = peers.length
  //~ E0401 @22-34 capacity reaches `count`, which is part of the identity
  //~ at 4:12-17: `peers` may be all replicas of a host, whose number is capacity
  //~ at 6:16-19: takes identity only
  param first_port: Int = first(ports) ?? 1
  //~ E0401 @27-44 capacity reaches `first_port`, which is part of the identity
  //~ at 5:7-12: `ports` is capacity because it is computed from `peers`
  //~ at 4:12-17: `peers` may be all replicas of a host, whose number is capacity
  //~ at 10:21-24: takes identity only
  file "/a" = lines ["{p.address}" for p in peers]
  package if peers.length > 1 then "aa" else "bb"
  //~ E0401 @11-50 capacity reaches a package's name, which is part of the identity
  //~ at 4:12-17: `peers` may be all replicas of a host, whose number is capacity
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e {
  base = debian
  capacity n: Int(1..) = 2
  host peer * n { run peer = Peer }
  host web {
    run web = Web { peers = [p.peer.http for p in peer] }
    run all = Web { peers = reverse([p.peer.http for p in peer]) }
    //~ E0401 @29-65 capacity reaches a connection, which is part of the identity
    //~ at 24:8-12: `peer` may be all replicas of a host, whose number is capacity
    //~ at 4:12-17: takes identity only
    run some = Web { peers = [p.peer.http for p in peer if p.peer.http.port > 1] }
    //~ E0401 @30-81 capacity reaches a connection, which is part of the identity
    //~ at 24:8-12: `peer` may be all replicas of a host, whose number is capacity
    //~ at 4:12-17: takes identity only
  }
}

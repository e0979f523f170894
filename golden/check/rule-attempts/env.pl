//! Ways round the labels: functions over instances, `let`s seen from outside, options, keys, one of several replicas.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

fn size(of: Db) -> Size = of.mem
fn pick(a: Db, b: Db, first: Bool) -> Db = if first then a else b
fn port(of: Endpoint<MySql>) -> Int = of.port

component Db {
  capacity mem: Size = 1MiB
  let long = "{mem}"
  provides sql: MySql on 3306
  provides other: MySql on 3307
}

component Peer {
  param peer: Db
  param site: { name: String, size: Size? } = { name = "a" }
  requires all: List<MySql>?
  requires one: MySql?
  package "p{peer.mem.mib}"
  //~ E0401 @11-28 capacity reaches a package's name, which is part of the identity
  //~ at 10:12-15: `mem` is capacity
  package "p{size(peer)}"
  //~ E0401 @11-26 capacity reaches a package's name, which is part of the identity
  //~ at 24:14-18: `size(…)` is capacity because it is computed from `mem`
  //~ at 10:12-15: `mem` is capacity
  package peer.long
  //~ E0401 @11-20 capacity reaches a package's name, which is part of the identity
  //~ at 11:7-11: `long` is capacity because it is computed from `mem`
  //~ at 10:12-15: `mem` is capacity
  package "p{first([e.port for e in all ?? []]) ?? 0}"
  //~ E0401 @11-55 capacity reaches a package's name, which is part of the identity
  //~ at 19:12-15: `all` may be all replicas of a host, whose number is capacity
  package match all { none => "none", l => "p{l.length}" }
  //~ E0401 @11-59 capacity reaches a package's name, which is part of the identity
  //~ at 19:12-15: `all` may be all replicas of a host, whose number is capacity
  package { "p{peer.mem.mib}" = 1 for i in range(1) }.keys
  //~ E0401 @11-59 capacity reaches a package's name, which is part of the identity
  //~ at 10:12-15: `mem` is capacity
  package ["a" for e in all ?? []]
  //~ E0401 @11-35 capacity reaches a package's name, which is part of the identity
  //~ at 19:12-15: `all` may be all replicas of a host, whose number is capacity
  file "/{join(split("a{peer.mem}", "b"), "c")}" = text ""
  //~ E0401 @8-49 capacity reaches a file's path, which is part of the identity
  //~ at 10:12-15: `mem` is capacity
}

environment e {
  base = debian
  capacity n: Int(1..) = 2
  host db * n { run db = Db }
  host one { run db = Db }
  host two { run db = Db }

  host a {
    run p = Peer {
      peer = pick(one.db, two.db, n > 1)
      //~ E0401 @14-41 capacity reaches `peer` of `Peer`, which is part of the identity
      //~ at 58:14-18: `pick(…)` is capacity because it is computed from `n`
      //~ at 51:12-13: `n` is capacity
      //~ at 17:9-13: takes identity only
      all = [e for e in [one.db.sql, two.db.other] if port(e) > n]
      //~ E0401 @13-67 capacity reaches a connection, which is part of the identity
      //~ at 51:12-13: `n` is capacity
      //~ at 19:12-15: takes identity only
      one = if n > 1 then one.db.sql else none
      //~ E0401 @13-47 capacity reaches a connection, which is part of the identity
      //~ at 51:12-13: `n` is capacity
      //~ at 20:12-15: takes identity only
    }
  }
  host b {
    run p = Peer {
      peer = first([d.db for d in db]) ?? one.db
      //~ E0401 @14-49 capacity reaches `peer` of `Peer`, which is part of the identity
      //~ at 52:8-10: `db` may be all replicas of a host, whose number is capacity
      //~ at 17:9-13: takes identity only
      all = [first([d.db.sql for d in db]) ?? one.db.sql]
      //~ E0401 @13-58 capacity reaches a connection, which is part of the identity
      //~ at 52:8-10: `db` may be all replicas of a host, whose number is capacity
      //~ at 19:12-15: takes identity only
      one = first([d.db.sql for d in db])
      //~ E0401 @13-42 capacity reaches a connection, which is part of the identity
      //~ at 52:8-10: `db` may be all replicas of a host, whose number is capacity
      //~ at 20:12-15: takes identity only
    }
  }
  host c {
    run p = Peer {
      peer = one.db
      site = { name = "x", size = one.db.mem }
      //~ E0401 @14-47 capacity reaches `site` of `Peer`, which is part of the identity
      //~ at 10:12-15: `mem` is capacity
      //~ at 18:9-13: takes identity only
      all = if [d.db for d in db].length > 1 then [one.db.sql] else none
      //~ E0401 @13-73 capacity reaches a connection, which is part of the identity
      //~ at 52:8-10: `db` may be all replicas of a host, whose number is capacity
      //~ at 19:12-15: takes identity only
    }
  }
}

profile local of e {}

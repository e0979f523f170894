//! Ways on which a version gets from a part of an expression to the whole, and to the names inside it.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

fn major(of: Web) -> Int = of.major
fn fixed(n: Int) -> String = "fixed"

component Web {
  param title: String = "web"
  param number: Int = 1
  let major = package("nginx").version.major
  provides http: Http on 80
}

component App {
  requires http: Http?
  requires all: List<Http>?
  param flag: Bool = true
  param n: Int = 1
  param numbers: List<Int> = []
  param texts: List<String> = []
  param record: { a: Int } = { a = 1 }
  param map: Map<Int> = {}
  param text: String = ""
}

component Own {
  let v = package("php-fpm").version
  let late = v.major > 8
  let keyed = { "k{i}" = i for i in range(3) }

  package [if late then "a" else "b"]
  //~ E0409 @11-38 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package match late { true => "a", false => "b" }
  //~ E0409 @11-51 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [if true then "a" else v.upstream]
  //~ E0409 @11-45 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [match true { true => "a", false => v.upstream }]
  //~ E0409 @11-60 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [v.upstream for x in ["a"]]
  //~ E0409 @11-38 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package ["a" for x in range(v.major)]
  //~ E0409 @11-40 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package ["a" for x in [1] if late]
  //~ E0409 @11-37 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package ["a", v.upstream]
  //~ E0409 @11-28 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package { a = "a", b = v.upstream }.a
  //~ E0409 @11-40 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [if keyed[v.upstream] == none then "a" else "b"]
  //~ E0409 @11-59 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [if ({ "{v.major}" = 1 for i in range(1) })["8"] == none then "a" else "b"]
  //~ E0409 @11-86 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [if ({ "a{i}" = v.major for i in range(1) })["a0"] == none then "a" else "b"]
  //~ E0409 @11-88 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package ({ "a{i}" = 1 for i in range(v.major) }).keys
  //~ E0409 @11-56 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package [if not late then "a" else "b"]
  //~ E0409 @11-42 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  package fixed(v.major)
  //~ E0409 @11-25 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  let each = [package(x).name for x in [v.upstream]]
  //~ E0409 @23-24 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
  let matched = match v.upstream { x => package(x).name }
  //~ E0409 @49-50 a package's name depends on a version, which is known only once it is locked
  //~ at 28:11-29: the version is asked for here
}

environment e {
  base = debian
  host one { run web = Web }
  host two { run web = Web }
  host web * 2 { run web = Web }
  host own { run own = Own }

  host app {
    run a = App {
      n = major(one.web)
      //~ E0409 @11-25 `n` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      record = { a = one.web.major }
      //~ E0409 @16-37 `record` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      map = { a = one.web.major }
      //~ E0409 @13-34 `map` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      numbers = [one.web.major]
      //~ E0409 @17-32 `numbers` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      text = (if one.web.major > 8 then one.web else two.web).title
      //~ E0409 @14-68 `text` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      http = (if one.web.major > 8 then one.web else two.web).http
      //~ E0409 @14-67 a connection depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      texts = [package(w.web.title).name for w in if one.web.major > 8 then web else web]
      //~ E0401 @15-90 capacity reaches `texts` of `App`, which is part of the identity
      //~ at 89:8-11: `web` may be all replicas of a host, whose number is capacity
      //~ at 21:9-14: takes identity only
      //~ E0409 @15-90 `texts` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      //~ E0401 @24-35 capacity reaches a package's name, which is part of the identity
      //~ at 89:8-11: `web` may be all replicas of a host, whose number is capacity
      //~ E0409 @24-35 a package's name depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      all = [w.web.http for w in web if one.web.major > 8]
      //~ E0409 @13-59 a connection depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
      flag = one.web.major > 8
      //~ E0409 @14-31 `flag` of `App` depends on a version, which is known only once it is locked
      //~ at 11:15-31: the version is asked for here
    }
  }
}

profile local of e {}

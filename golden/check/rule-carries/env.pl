//! Ways on which a capacity gets from a part of an expression to the whole, and to the names inside it, that no other case
//! goes.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component Web {
  param title: String = "web"
  provides http: Http on 80
}

component App {
  capacity n: Int = 2
  capacity word: String = "app"
  capacity words: List<String> = ["app"]
  param fields: { a: Int } = { a = n }
  //~ E0401 @30-39 capacity reaches `fields`, which is part of the identity
  //~ at 12:12-13: `n` is capacity
  //~ at 15:17-27: takes identity only
  param entries: Map<Int> = { a = n }
  //~ E0401 @29-38 capacity reaches `entries`, which is part of the identity
  //~ at 12:12-13: `n` is capacity
  //~ at 19:18-26: takes identity only
  param branch: Int = if true then 1 else n
  //~ E0401 @23-44 capacity reaches `branch`, which is part of the identity
  //~ at 12:12-13: `n` is capacity
  //~ at 23:17-20: takes identity only
  param arm: Int = match true { true => 1, false => n }
  //~ E0401 @20-56 capacity reaches `arm`, which is part of the identity
  //~ at 12:12-13: `n` is capacity
  //~ at 27:14-17: takes identity only
  param body: List<Int> = [n for x in [1]]
  //~ E0401 @27-43 capacity reaches `body`, which is part of the identity
  //~ at 12:12-13: `n` is capacity
  //~ at 31:15-24: takes identity only
  let each = [package(x).name for x in words]
  //~ E0401 @23-24 capacity reaches a package's name, which is part of the identity
  //~ at 14:12-17: `words` is capacity
  let matched = match word { w => package(w).name }
  //~ E0401 @43-44 capacity reaches a package's name, which is part of the identity
  //~ at 13:12-16: `word` is capacity
}

environment e {
  base = debian
  capacity n: Int(1..) = 2
  let chosen = if n > 1 then one.web else two.web

  host one { run web = Web }
  host two { run web = Web }
  host three { run web = Web { title = chosen.title } }
  //~ E0401 @40-52 capacity reaches `title` of `Web`, which is part of the identity
  //~ at 46:7-13: `chosen` is capacity because it is computed from `n`
  //~ at 45:12-13: `n` is capacity
  //~ at 7:9-14: takes identity only
  host app { run app = App }
}

profile local of e {}

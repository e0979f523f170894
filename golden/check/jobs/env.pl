//! What jobs and the signals of services may be.

archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

type Ending = "SIGTERM" | "SIGQUIT"
type Any = "SIGTERM" | "SIGSTOP"

component App {
  param ending: Ending = "SIGQUIT"
  param any: Any = "SIGTERM"
  param word: String = "SIGTERM"
  param once: Bool = true
  capacity pages: Int = 5

  /// The {once} that it {twice}.
  //~ E0212 @27-32 the doc comment speaks of `twice`, which is not there
  //~ help: there is `any`, `ending`, `once`, `pages`, `word`, `Any`, `App`, `Ending`, `debian`, `e`
  //~ note: a comment that names what is there cannot outlive it
  job good { exec = ["/usr/bin/make"], environment = { PAGES = pages }, shared = once, once_for = "{package("make").version}" }
  job grown { exec = ["/usr/bin/make"], once_for = "{pages} pages" }
  //~ E0401 @52-67 capacity reaches `once_for`, which is part of the identity
  //~ help: compute it from `param`s and literals only, or declare as `capacity` the parameter that it goes to
  //~ note: profiles differ in capacity only: what is installed, connected and run is the same in each
  job typed { exec = "/usr/bin/make", user = 5, shared = "yes" }
  //~ E0301 @22-37 `exec` is `List<String>`, this is `String`
  //~ help: a list is wanted: put it into `[ ]`
  //~ E0301 @46-47 `user` is `String`, this is `Int`
  //~ help: put a value into a string by interpolation: `"{value}"`
  //~ E0301 @58-63 `shared` is `Bool`, this is `String`
  job more { exec = ["/usr/bin/make"], ready = ["/usr/bin/true"], stop_signal = "SIGTERM" }
  //~ E0209 @40-45 a job has no `ready`
  //~ help: there is `exec`, `user`, `environment`, `shared`, `once_for`
  //~ E0209 @67-78 a job has no `stop_signal`
  //~ help: there is `exec`, `user`, `environment`, `shared`, `once_for`
  service good_too { exec = ["/usr/bin/app"], stop_signal = ending }
  service misspelt { exec = ["/usr/bin/app"], stop_signal = "SIGUSER1" }
  //~ E0301 @61-71 `stop_signal` is `"SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2" | "SIGWINCH" | "SIGKILL"`, this is `String`
  //~ help: did you mean `SIGUSR1`?
  service stopped { exec = ["/usr/bin/app"], stop_signal = any }
  //~ E0301 @60-63 `stop_signal` is `"SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2" | "SIGWINCH" | "SIGKILL"`, this is `Any`
  //~ help: it may be `SIGSTOP`, which `"SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2" | "SIGWINCH" | "SIGKILL"` has not
  service worded { exec = ["/usr/bin/app"], stop_signal = word }
  //~ E0301 @59-63 `stop_signal` is `"SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2" | "SIGWINCH" | "SIGKILL"`, this is `String`
  service numbered { exec = ["/usr/bin/app"], stop_signal = 15 }
  //~ E0301 @61-63 `stop_signal` is `"SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "SIGUSR1" | "SIGUSR2" | "SIGWINCH" | "SIGKILL"`, this is `Int`
}

environment e {
  base = debian
  host app { run app = App }
}

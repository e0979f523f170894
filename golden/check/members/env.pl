// What each kind of value has.
component C {
  requires end: Http
  param n: Int = 1
  param size: Size = 1MiB
  param time: Duration = 1s
  param rate: Rate = 1MiB/s
  param percent: Percent = 1%
  param word: String = "x"
  param flag: Bool = true
  param v: Version = version("1")
  param list: List<Int> = []
  let a = [size.megabytes, size.mb, size.tib, time.hours, time.ms, rate.mib, rate.mib_per_hour, percent.value]
  //~ E0210 @17-26 `Size` has no `megabytes`
  //~ help: there is `bytes`, `kib`, `mib`, `gib`
  //~ E0210 @33-35 `Size` has no `mb`
  //~ help: did you mean `mib`?
  //~ E0210 @42-45 `Size` has no `tib`
  //~ help: did you mean `gib`?
  //~ E0210 @52-57 `Duration` has no `hours`
  //~ help: there is `milliseconds`, `seconds`, `minutes`
  //~ E0210 @64-66 `Duration` has no `ms`
  //~ help: there is `milliseconds`, `seconds`, `minutes`
  //~ E0210 @73-76 `Rate` has no `mib`
  //~ help: there is `bytes_per_second`, `kib_per_second`, `mib_per_second`
  //~ E0210 @83-95 `Rate` has no `mib_per_hour`
  //~ help: there is `bytes_per_second`, `kib_per_second`, `mib_per_second`
  //~ E0210 @105-110 `Percent` has no `value`
  let b = [word.length, n.length, flag.x, list.size, list.first, v.release, v.Major, end.hostname, end.protocol]
  //~ E0210 @17-23 `String` has no `length`
  //~ E0210 @27-33 `Int` has no `length`
  //~ E0210 @40-41 `Bool` has no `x`
  //~ E0210 @48-52 `List<Int>` has no `size`
  //~ help: there is `length`
  //~ E0210 @59-64 `List<Int>` has no `first`
  //~ help: there is `length`
  //~ E0210 @68-75 `Version` has no `release`
  //~ help: there is `epoch`, `upstream`, `revision`, `major`, `minor`, `patch`
  //~ E0210 @79-84 `Version` has no `Major`
  //~ help: did you mean `major`?
  //~ E0210 @90-98 `Endpoint<Http>` has no `hostname`
  //~ help: did you mean `host`?
  let c = [size.mib, time.minutes, rate.kib_per_second, list.length, v.major, end.port]
  let d = package("php-fpm").release
  //~ E0210 @30-37 `Package` has no `release`
  //~ help: there is `name`, `version`
}

// Each function calls the one before it three times.
fn f0(x: Int) -> Int = x
//~ E0508 @24-25 the description computes too much
//~ at 8:28-37: called here
//~ at 9:28-37: called here
//~ at 10:39-44: called here
//~ note: work and memory are limited alike on every machine
fn f1(x: Int) -> Int = max(f0(f0(x)), f0(x))
fn f2(x: Int) -> Int = max(f1(f1(x)), f1(x))
fn f3(x: Int) -> Int = max(f2(f2(x)), f2(x))
fn f4(x: Int) -> Int = max(f3(f3(x)), f3(x))
fn f5(x: Int) -> Int = max(f4(f4(x)), f4(x))
fn f6(x: Int) -> Int = max(f5(f5(x)), f5(x))
fn f7(x: Int) -> Int = max(f6(f6(x)), f6(x))
fn f8(x: Int) -> Int = max(f7(f7(x)), f7(x))
fn f9(x: Int) -> Int = max(f8(f8(x)), f8(x))
fn f10(x: Int) -> Int = max(f9(f9(x)), f9(x))
fn f11(x: Int) -> Int = max(f10(f10(x)), f10(x))
fn f12(x: Int) -> Int = max(f11(f11(x)), f11(x))
fn f13(x: Int) -> Int = max(f12(f12(x)), f12(x))
fn f14(x: Int) -> Int = max(f13(f13(x)), f13(x))
component C {
  capacity n: Int = 1
  file "/a" = text "{f14(n)}"
}
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "k" }
environment e { base = debian, host h { run c = C } }

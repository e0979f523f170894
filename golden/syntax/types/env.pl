type Role = "primary" | "replica"
type Port = Int(1..=65535)
type Site = { name: String, ports: List<Port>, meta: Map<{ a: Float }?>, role: Role?, }
type Nested = List<Map<List<Endpoint<Http>>>>?
let a: Role = "primary"
component C {
  param b: "a" | "b"? = none
  param c: Size(..1GiB) = 1MiB
  capacity d: Duration(-1s..1s)
  requires e: List<Http>?
  requires f: Http?
}

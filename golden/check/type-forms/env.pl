type A
//~ E0107 @6-7 expected `=` after this
//~ help: write `type Name = Int(1..)`, or `type Name = "one" | "other"`
type b = { a Int }
//~ E0107 @14-17 expected `:`, found `Int`
//~ help: write `{ name: Type }`
type C = List<>
//~ E0107 @15-16 expected a type, found `>`
//~ help: write a type as `String`, `Int(1..)`, `List<String>` or `{ a: Int }`
type D = List<Int
//~ E0107 @15-18 expected `>` after this
type E = Int(1)
//~ E0107 @15-16 expected `..` or `..=`, found `)`
//~ help: write a range as `Int(1..)`, `Int(1..=5)` or `Int(..10)`
type F = "a" |
//~ E0107 @14-15 expected a string after this
//~ help: write `"one" | "other"`
type G = "a{1}" | "b"
//~ E0107 @10-16 expected a string without interpolation, found a string
type H = { a: Int b: Int }
//~ E0107 @19-20 expected `,`, a new line or `}`, found `b`
type I = (Int)
//~ E0107 @10-11 expected a type, found `(`
//~ help: write a type as `String`, `Int(1..)`, `List<String>` or `{ a: Int }`
type J = Int | String
//~ E0107 @14-15 a value has one type
//~ help: write a choice of strings: `"one" | "other"`
type = Int
//~ E0107 @6-7 expected the type's name, found `=`
//~ help: write `type Name = Int(1..)`, or `type Name = "one" | "other"`
type K = Int(1..2..3)
//~ E0107 @18-20 expected `)`, found `..`
//~ help: write a range as `Int(1..)`, `Int(1..=5)` or `Int(..10)`
protocol 5
//~ E0107 @10-11 expected the protocol's name, found a number
//~ help: write `protocol Name`, or `protocol Name { scheme = "http" }`
protocol L scheme = "x"
//~ E0107 @12-18 expected an item of the top level, as `use`, `let`, `component` or `profile`, found `scheme`

let list = [
  "the first of the elements",
  "the second of the elements",
  "the third of the elements",
  "the fourth",
]

let fits = ["the first of the elements", "the second of the elements", "the third of the elements", "fourt"]

let record = {
  first  = "the first of the fields"
  second = "the second of the fields"
  third  = "the third of them"
}

let comprehension = [
  "{element.host}:{element.port}:{element.protocol}"
    for element in elements_of_something
    if element.port > 1024
]

let last = ["short", "list"] + [
  "the first of the elements",
  "the second of the elements",
  "the third of the elements",
]

let first = [
  "the first of the elements",
  "the second of the elements",
  "the third of the elements",
] + ["short", "list"]

let call = some_function(
  "the first of the arguments",
  "the second of the arguments",
  "the third of the arguments"
)

let deep = {
  outer = { inner = ["the first of the elements", "the second of the elements", "the third of the elements"] }
}

let text = "a string cannot be broken, however long it is, and nothing else of this line can be broken either, so it stays"

let joined = [
  1,
  2,
  3,
]

let kept_apart = [[1, 2], [3]]

component LongMembers {
  file "/etc/something/that/is/configured.conf" = ini { section = { key = "value" } } {
    user = "somebody"
    mode = 0600
  }
  file "/etc/something/else/that/is/configured.conf" = json {
    key   = "a value of some length"
    other = "another one"
  }
  service something {
    exec  = ["/usr/sbin/something", "--with-an-option", "--with-another-option"]
    user  = "somebody"
    ready = ["/bin/true"]
  }
}

fn function_with_many_parameters(
  the_first_parameter: Int,
  the_second_parameter: String,
  the_third: List<Int>
) -> Int = 1

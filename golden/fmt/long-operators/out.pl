let conjunction = the_first_condition_holds and the_second_condition_holds and not the_third_condition_holds
  or otherwise

let sum = the_first_of_the_summands
  + the_second_of_the_summands * by_something
  - the_third_of_the_summands / by_something

let choice = if some_condition_holds_for_this_value
  then "the text that is chosen if it holds"
  else "the text that is chosen otherwise"

let with_list = base_of_all_the_elements + [
  "the first of the elements",
  "the second of the elements",
  "the third",
]

let two_lists = [
  "the first of the elements",
  "the second of the elements",
  "x",
] + ["the first of the elements", "the second"]

let broken_by_hand = a
  + b
    * c

let not_before = a + b

let half_broken = a
  and b
  and c
  and d

let default = the_first_place_to_look_at.of_the_value
  ?? the_second_place_to_look_at.of_the_value
  ?? the_third.place

let brackets = (the_first_condition_holds or the_second_condition_holds)
  and (the_third_condition_holds or the_fourth)

type Choice = "the first of the choices"
  | "the second of the choices"
  | "the third of the choices"
  | "the fourth"

assert the_first_of_the_summands + the_second_of_the_summands < the_limit_of_the_sum
  or nothing_is_limited "it is too much"

profile p of e {
  deviate some_host.some_instance.some_parameter = "some value"
    because "it cannot be tried otherwise"
    until 2027-06-30
  double some_host.some_instance with SomeStub {
    parameter = "some value"
  } because "it is not under test" until 2027-06-30
}

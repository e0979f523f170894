let a = [[1, 2], [3, [4, 5]], []]

let b = [
  [1, 2],
  [
    3,
  ],
  [
    [
      4,
    ],
  ],
]

let c = [{ a = 1 }, { b = [{ c = [1] }] }]

let d = [
  { a = 1 },
  {
    b  = 2
    cc = 3
  },
]

let e = [
  [
    "one of {x}",
    "two of {x}",
  ] for x in xs
]

let f = [[y for y in x] for x in [[1], [2, 3]] if x.length > 1]
let g = [1]

let h = [
  1,
]

let i = ((1 + 2) * (3))

let j = (
  1 + 2
)

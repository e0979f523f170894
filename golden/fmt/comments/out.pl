// Before the module's doc.
//! The module's doc.

// Right after it.

// Apart from the item.

// At the item.
let a = 1 // at its end
let b = 2 // another

/// A doc.
// Between the doc and what it documents.
component C { // beside the bracket
  // alone at the top

  package "a" // trails a member
  // before the next member

  // and nearer
  package "b" // after the comma
  package "c"
  // after the semicolon
  package [
    "d", // of an element
    // before an element
    "e", // of the last element
    // after the last element
  ]

  // at the end
}

component Empty { // only this
}

component Emptier {
  // and only this
}
//// a row of slashes
//no blank after it
//   several blanks, and some at its end

// the last

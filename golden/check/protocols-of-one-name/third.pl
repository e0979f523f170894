use other { P }

component Named {
  requires to: P
}

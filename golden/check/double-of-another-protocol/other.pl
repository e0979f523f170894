protocol P

component Stub {
  provides p: P on 80
}

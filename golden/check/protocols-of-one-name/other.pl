protocol P { scheme = "pp" }

component Server {
  provides p: P on 80
}

component Speaker {
  requires to: P
}

fn speak(to: Endpoint<P>) -> String = to.url

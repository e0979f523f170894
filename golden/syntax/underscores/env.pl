let a = match b { 1_000 => _c, _ => _1 }

use lib.a { x }

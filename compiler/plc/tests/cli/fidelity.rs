//! `plc fidelity`: every difference of two profiles, with its class, its values as the language writes them, and its reason.

use crate::support::Place;

const ENV: &str = r#"
archive debian = apt { suites = ["bookworm"], components = ["main"], signed_by = "debian-archive-keyring" }

component Database {
  capacity pool: Size = 64MiB
  capacity half: Size = 1GiB
  param sorting: String = "a"
  param words: String = "a"
}

environment shop {
  base = debian
  host db { run db = Database { pool = memory * 70% } }
}

profile production of shop { db.memory = 96.5GiB }

profile local of shop {
  db.memory    = 512MiB
  db.db.half   = 1.5GiB
  deviate db.db.sorting = "b" because "the laptops have no other"
  deviate db.db.words   = "b" because "not in force with the variant"
}

variant words of shop { db.db.words = "c" }
"#;

/// What `plc fidelity` prints.
fn told(further: &[&str]) -> String {
    let place = Place::new();
    place.write("env.pl", ENV);
    place.run([&["fidelity", "env.pl", "local"], further].concat(), 0).out
}

#[test]
fn sizes_are_told_as_the_language_writes_them() {
    let told = told(&[]);
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with("db.")).collect();
    let wanted = [
        "db.db.sorting  \"b\"    \"a\"",
        "db.db.words    \"b\"    \"a\"",
        "db.db.half  1.5GiB                  1GiB",
        "db.db.pool  375809638B (358.4 MiB)  72531260211B (67.5 GiB)",
        "db.memory   512MiB                  96.5GiB",
    ];
    assert_eq!(lines, wanted, "{told}");
}

#[test]
fn what_a_variant_overrides_is_no_declared_difference() {
    let told = told(&["--variant", "words"]);
    assert!(told.contains("1 difference without a reason, 1 deviation, 3 capacities"), "{told}");
    assert!(!told.contains("not in force"), "{told}");
}

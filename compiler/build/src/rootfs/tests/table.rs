//! The document that lists the offenders says what the code does.

use super::super::normalise::markdown;

#[test]
fn the_document_repeats_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/rootfs.md");
    let document = std::fs::read_to_string(path).unwrap();
    assert!(document.contains(&markdown()), "spec/rootfs.md is to hold:\n{}", markdown());
}

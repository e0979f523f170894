//! Any bytes as one file: the parser gives a tree, and messages that are in the text and well said.
#![no_main]

#[path = "../told.rs"]
mod told;

use libfuzzer_sys::fuzz_target;
use plc_lang::{source::Sources, syntax_tree};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (_, diagnostics) = syntax_tree(&text);
    let mut sources = Sources::default();
    sources.add("env.pl", &*text);
    told::hold(&diagnostics, &sources);
});

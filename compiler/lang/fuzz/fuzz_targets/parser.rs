//! Any bytes as one file: the parser gives a tree, and messages that are in the text. What it reads whole can be laid
//! out, says the same then, and stays as it is when laid out again.
#![no_main]

#[path = "../told.rs"]
mod told;

use libfuzzer_sys::fuzz_target;
use plc_lang::{format, source::Sources, syntax_tree};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (tree, diagnostics) = syntax_tree(&text);
    let mut sources = Sources::default();
    sources.add("env.pl", &*text);
    told::hold(&diagnostics, &sources);
    if diagnostics.is_empty() {
        let laid_out = format(&text).expect("what can be read can be laid out");
        assert_eq!(syntax_tree(&laid_out), (tree, Vec::new()), "another meaning:\n{laid_out}");
        assert_eq!(format(&laid_out).as_ref(), Ok(&laid_out), "not stable");
    }
});

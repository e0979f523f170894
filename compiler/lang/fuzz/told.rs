//! What holds for every message.

use plc_lang::diag::Diagnostic;
use plc_lang::source::Sources;

/// Panics if a message has no place, or one outside the text, or says that the compiler is at fault.
pub fn hold(diagnostics: &[Diagnostic], sources: &Sources) {
    for diagnostic in diagnostics {
        assert!(diagnostic.code != "E0599", "the compiler is at fault: {diagnostic:?}");
        assert!(!diagnostic.message.is_empty() && !diagnostic.labels.is_empty(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            let source = sources.get(label.span.source);
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            let place = source.and_then(|source| source.text.get(start..end));
            assert!(place.is_some(), "a place outside the text: {diagnostic:?}");
        }
    }
}

//! Programs with some of their words left out, doubled, exchanged or put elsewhere.

use proptest::prelude::*;
use proptest::sample::Index;

/// What is done to one place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    LeaveOut(Index),
    Double(Index),
    Exchange(Index, Index),
    /// A word of one place in another instead.
    Copy(Index, Index),
}

pub(crate) fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let one = prop_oneof![
        any::<Index>().prop_map(Cut::LeaveOut),
        any::<Index>().prop_map(Cut::Double),
        any::<(Index, Index)>().prop_map(|(a, b)| Cut::Exchange(a, b)),
        any::<(Index, Index)>().prop_map(|(a, b)| Cut::Copy(a, b)),
    ];
    prop::collection::vec(one, 1..4)
}

pub(crate) fn cut(text: &str, cuts: &[Cut]) -> String {
    let mut words = words(text);
    for cut in cuts {
        if words.is_empty() {
            break;
        }
        let length = words.len();
        match cut {
            Cut::LeaveOut(at) => {
                words.remove(at.index(length));
            }
            Cut::Double(at) => {
                let at = at.index(length);
                words.insert(at, words[at]);
            }
            Cut::Exchange(a, b) => words.swap(a.index(length), b.index(length)),
            Cut::Copy(from, to) => words[to.index(length)] = words[from.index(length)],
        }
    }
    words.concat()
}

/// Names and numbers, blanks, and every other character by itself.
fn words(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_ascii_alphanumeric() || c == '_' => 1,
        c if c.is_whitespace() => 2,
        _ => 0,
    };
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = 0;
    for (at, c) in text.char_indices() {
        if at > start && (kind(c) == 0 || kind(c) != before) {
            words.push(&text[start..at]);
            start = at;
        }
        before = kind(c);
    }
    words.push(&text[start..]);
    words
}

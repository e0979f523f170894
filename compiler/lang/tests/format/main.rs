//! The layout changes nothing but the layout: for every description there is, for those laid out in any way that says
//! the same, and for descriptions of anything.
#![allow(clippy::disallowed_methods, reason = "the test reads the descriptions; the crate does not")]

mod written;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use plc_lang::{format, syntax_tree};
use proptest::prelude::*;
use serde_json::Value;

/// Every `*.pl` below the project's descriptions.
fn descriptions() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = ["golden", "stdlib", "examples"].iter().map(|d| root.join(d)).collect();
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a directory of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "pl") {
                let text = String::from_utf8(fs::read(&path).expect("a file")).expect("UTF-8");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// What a description says, if it says something.
fn meaning(text: &str) -> Option<Value> {
    let (tree, diagnostics) = syntax_tree(text);
    diagnostics.is_empty().then_some(tree)
}

/// What a layout must not touch: everything but blanks and separators, comments included, in order.
fn ink(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | ';')).collect()
}

/// A text as a message shows it.
fn shown(text: &str) -> String {
    text.chars().take(4000).collect()
}

/// Formats a text that has a meaning, and holds everything that must be so.
fn held(text: &str) -> String {
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(diagnostics) => panic!("refused: {diagnostics:#?}\n{}", shown(text)),
    };
    let both = || format!("{}\n-->\n{}", shown(text), shown(&formatted));
    assert!(meaning(&formatted) == meaning(text), "another meaning\n{}", both());
    assert!(ink(&formatted) == ink(text), "something is lost\n{}", both());
    let again = format(&formatted).expect("what was formatted can be formatted");
    assert!(again == formatted, "not stable\n{}\n-->\n{}", both(), shown(&again));
    assert!(formatted.is_empty() || formatted.ends_with('\n'), "no line break at the end\n{}", both());
    let around = formatted.starts_with('\n') || formatted.ends_with("\n\n");
    assert!(!around, "blank lines around\n{}", both());
    formatted
}

#[test]
fn every_description_keeps_its_meaning() {
    let (mut kept, mut refused) = (0, 0);
    for (path, text) in descriptions() {
        if meaning(&text).is_some() {
            held(&text);
            kept += 1;
        } else {
            let diagnostics = format(&text).expect_err("what has mistakes of syntax is refused");
            assert!(diagnostics.iter().all(|d| d.code != "E0599"), "{}: {diagnostics:#?}", path.display());
            refused += 1;
        }
    }
    assert!(kept > 60 && refused > 5, "{kept} kept, {refused} refused");
}

#[test]
fn nothing_stays_nothing() {
    for text in ["", "\n", " \r\n\t\n "] {
        assert_eq!(held(text), "");
    }
}

#[test]
fn the_library_and_the_examples_are_laid_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project");
    for (path, text) in descriptions() {
        let path = path.canonicalize().expect("a path");
        if !path.starts_with(root.join("golden")) {
            assert!(held(&text) == text, "run `plc fmt stdlib examples`: {} is not laid out", path.display());
        }
    }
}

/// Nothing here looks at the clock: what takes more than linear time does not end in any time that a test may take.
#[test]
fn much_is_laid_out_soon() {
    const MANY: usize = 100_000;
    held(&format!("let a = \"{}\"\n", "x".repeat(70 * MANY)));
    held(&format!("let a = r\"\"\"\n{}\"\"\"\n", "    x\n".repeat(2 * MANY)));
    held(&format!("let a = \"\"\"\n{}\"\"\"\n", "  \\{ {a} \\u{7b}\n".repeat(MANY / 4)));
    held(&format!("let a = [{}]\n", "1,".repeat(MANY)));
    held(&format!("let a = [{}]\n", "[[]],".repeat(MANY / 4)));
    held(&"// comment\n".repeat(MANY));
    held(&format!("let a = [{}1]\n", "// comment\n".repeat(MANY)));
    held(&format!("let a = // x\n{}1\n", "// comment\n".repeat(MANY)));
    held(&"let a = [b, { c = d }] // e\n".repeat(MANY / 10));
    held(&format!("{}let a = 1", "\n".repeat(10 * MANY)));
    held(&format!("let a = {}1{}", "[".repeat(60), "]".repeat(60)));
    held(&format!("let a = [{}]", "b + c and d(e, [f]) or -g == \"h\", ".repeat(MANY / 10)));
    assert!(format(&format!("let a = \"{}\"\n", "x".repeat(100 * MANY))).is_err(), "the limit of a file");
}

/// Descriptions with a meaning.
static MEANT: LazyLock<Vec<String>> = LazyLock::new(|| {
    descriptions().into_iter().map(|(_, text)| text).filter(|text| meaning(text).is_some()).collect()
});

/// A change somewhere: of blanks, line breaks, comments, separators, or of how long a line is.
#[derive(Clone, Debug)]
struct Change {
    place: prop::sample::Index,
    put: &'static str,
    /// Take away what blanks are there first.
    take: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let put = [
        "",
        "",
        "",
        " ",
        "\n",
        "\n\n",
        "\n\n\n",
        "\r\n",
        "\t",
        "      ",
        "\n      ",
        ",",
        ", ",
        ",\n",
        "\n,",
        ";",
        " // c\n",
        "\n// d\n",
        "\n\n// e // f\n\n",
        "//g\r\n",
        "//// h\n",
        "\n/// i\n",
        "_that_is_a_much_longer_name",
        " + [what_is_added, to_the_rest]",
        " and not the_other_condition",
        " * f(a, b).c",
        " ?? { a = 1, b = [2] }.b",
    ];
    (any::<prop::sample::Index>(), prop::sample::select(put.to_vec()), any::<bool>())
        .prop_map(|(place, put, take)| Change { place, put, take })
}

/// The text with a change, at a place where something could be: beside a blank or a sign.
fn changed(text: &str, change: &Change) -> String {
    let sign = |c: char| c.is_whitespace() || "{}[]()<>,;:=.+-*/?|\"".contains(c);
    let around = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at..).and_then(|after| after.chars().next());
        before.is_none_or(sign) || after.is_none_or(sign)
    };
    let places: Vec<usize> =
        (0..=text.len()).filter(|at| text.is_char_boundary(*at) && around(*at)).collect();
    let at = places[change.place.index(places.len())];
    let (before, after) = text.split_at(at);
    if change.take {
        format!("{}{}{}", before.trim_end_matches([' ', '\n', '\r', '\t']), change.put, after.trim_start())
    } else {
        format!("{before}{}{after}", change.put)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_layout_of_a_description_keeps_its_meaning(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..40),
    ) {
        let mut text = which.get(&MEANT).clone();
        for change in &changes {
            let new = changed(&text, change);
            if meaning(&new).is_some() {
                text = new;
            } else {
                prop_assert!(format(&new).is_err(), "mistakes of syntax are formatted\n{new}");
            }
        }
        held(&text);
    }

    #[test]
    fn whatever_is_accepted_keeps_its_meaning(text in written::file()) {
        if meaning(&text).is_some() {
            held(&text);
        } else {
            prop_assert!(format(&text).is_err(), "mistakes of syntax are formatted\n{text}");
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Err(diagnostics) = format(&text) {
            prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.code != "E0599"), "{diagnostics:?}");
        }
    }
}

//! What came of tests as JUnit XML, as systems for continuous integration read it.

use super::report::{Outcomes, Verdict};

/// The whole document.
pub(super) fn document(outcomes: &Outcomes) -> String {
    let title = escaped(&outcomes.title);
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3}\"",
        outcomes.tests.len(),
        outcomes.failed(),
        outcomes.skipped(),
        outcomes.seconds
    );
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"{title}\" {counts}>\n"
    );
    for one in &outcomes.tests {
        text += &format!(
            "    <testcase classname=\"{title}\" name=\"{}\" time=\"{:.3}\"",
            escaped(&one.name),
            one.seconds
        );
        text += &match &one.verdict {
            Verdict::Passed => "/>\n".to_owned(),
            Verdict::Skipped { reason } => {
                format!(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", escaped(reason))
            }
            Verdict::Failed(failed) => {
                let message = format!("{}: expected {}, seen {}", failed.what, failed.expected, failed.seen);
                format!(
                    ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                    escaped(&message),
                    escaped(&failed.told())
                )
            }
        };
    }
    text + "  </testsuite>\n</testsuites>\n"
}

/// Text as it stands between tags and between quotes: line breaks in attributes would be read as blanks, and most control
/// characters cannot be written in XML at all.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped += "&#10;",
            '\r' => escaped += "&#13;",
            '\t' => escaped += "&#9;",
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_test_says_ends_an_attribute_or_a_tag() {
        assert_eq!(escaped("a\"b'<c>&d\ne\u{7}\u{ffff}ä"), "a&quot;b'&lt;c&gt;&amp;d&#10;e\u{fffd}\u{fffd}ä");
    }
}

//! The pages of `spec/errors/`, one for each code of a diagnostic.

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// What there is to say about a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// `E0401`
    pub code: &'static str,
    /// The whole page, in Markdown.
    pub text: &'static str,
}

impl Page {
    /// What the code says, in a few words.
    pub(crate) fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or("");
        first.split_once(": ").map_or(first, |(_, title)| title)
    }
}

/// All pages, in the order of their codes.
pub(crate) fn all() -> impl Iterator<Item = Page> {
    ALL.iter().map(|(code, text)| Page { code, text })
}

/// The page of a code, in whichever case that is written.
pub(crate) fn of(code: &str) -> Option<Page> {
    all().find(|page| page.code.eq_ignore_ascii_case(code))
}

/// The pages whose codes are most like one that has none: at most three.
pub(crate) fn nearest(code: &str) -> Vec<Page> {
    let distance = |page: &Page| strsim::damerau_levenshtein(&code.to_uppercase(), page.code);
    let Some(least) = all().map(|page| distance(&page)).min() else { return Vec::new() };
    // Something else altogether is like none.
    all().filter(|page| least < 4 && distance(page) == least).take(3).collect()
}

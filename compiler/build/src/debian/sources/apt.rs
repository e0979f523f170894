//! The machine's apt sources: one-line `.list` files and deb822 `.sources` files, as sources.list(5) describes them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::is_security;

/// Apt's configuration cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read apt's sources in `{}`: {source}", path.display())]
pub struct SourcesError {
    /// The file or directory.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// What apt may fetch binary packages from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    entries: Vec<Entry>,
}

/// Base URLs that serve suites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    urls: Vec<String>,
    suites: Vec<String>,
    components: Vec<String>,
}

impl Sources {
    /// Reads `sources.list` and `sources.list.d` below a directory such as `/etc/apt`. What is not there is not an
    /// error; an entry that apt would not understand is passed over.
    pub fn read(directory: &Path) -> Result<Self, SourcesError> {
        let mut sources = Self::default();
        for path in files(directory)? {
            let text = fs::read(&path).map_err(|source| SourcesError { path: path.clone(), source })?;
            let text = String::from_utf8_lossy(&text);
            let is_deb822 = path.extension().is_some_and(|extension| extension == "sources");
            sources.add(&text, is_deb822);
        }
        Ok(sources)
    }

    /// Adds what one file says.
    pub fn add(&mut self, text: &str, is_deb822: bool) {
        if is_deb822 {
            self.entries.extend(stanzas(text).iter().filter_map(from_stanza));
        } else {
            self.entries.extend(text.lines().filter_map(from_line));
        }
    }

    /// The bases of apt's entries for a suite that have one of the components.
    pub(super) fn serving(&self, suite: &str, components: &[String]) -> Vec<String> {
        self.bases(components, |has| has == suite)
    }

    /// The bases of all suites of a kind that have one of the components; where some are Debian's own by their path,
    /// only those.
    pub(super) fn of_kind(&self, security: bool, components: &[String]) -> Vec<String> {
        let all = self.bases(components, |suite| is_security(suite) == security);
        let name = if security { "/debian-security" } else { "/debian" };
        let own: Vec<String> = all.iter().filter(|url| url.ends_with(name)).cloned().collect();
        if own.is_empty() { all } else { own }
    }

    fn bases(&self, components: &[String], is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let serves = |entry: &&Entry| {
            entry.suites.iter().any(|suite| is_wanted(suite))
                && entry.components.iter().any(|component| components.contains(component))
        };
        self.entries.iter().filter(serves).flat_map(|entry| entry.urls.clone()).collect()
    }
}

/// The files that apt reads, in its order.
fn files(directory: &Path) -> Result<Vec<PathBuf>, SourcesError> {
    let parts = directory.join("sources.list.d");
    let mut found = match fs::read_dir(&parts) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(SourcesError { path: parts, source }),
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(|source| SourcesError { path: parts, source })?,
    };
    found.retain(|path| {
        path.extension().is_some_and(|extension| extension == "list" || extension == "sources")
    });
    found.sort();
    let main = directory.join("sources.list");
    if main.exists() {
        found.insert(0, main);
    }
    Ok(found)
}

/// `deb [option=value …] URI SUITE COMPONENT…`
fn from_line(line: &str) -> Option<Entry> {
    let line = line.split('#').next()?.trim();
    let rest = line.strip_prefix("deb")?;
    let rest = rest.strip_prefix(|c: char| c.is_whitespace() || c == '[').map(|_| rest.trim_start())?;
    let (options, rest) = match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => ("", rest),
    };
    let enabled = !options.split_whitespace().any(|option| option.eq_ignore_ascii_case("enabled=no"));
    let mut words = rest.split_whitespace().map(str::to_owned);
    let (url, suite) = (words.next()?, words.next()?);
    entry(enabled, &[url], vec![suite], words.collect())
}

fn entry(enabled: bool, uris: &[String], suites: Vec<String>, components: Vec<String>) -> Option<Entry> {
    let urls: Vec<String> = uris.iter().filter_map(|uri| normal_url(uri)).collect();
    // A suite that ends in a slash is a directory without components: not an archive of `dists` and `pool`.
    let suites: Vec<String> = suites.into_iter().filter(|suite| !suite.ends_with('/')).collect();
    (enabled && !urls.is_empty() && !suites.is_empty()).then_some(Entry { urls, suites, components })
}

/// A URL that this program can fetch from, without trailing slash: `http`, `https`, `file`, and `copy`, which is apt's
/// other name of `file`.
pub(super) fn normal_url(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let url = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if rest.starts_with("//") => uri.to_owned(),
        "file" | "copy" => format!("file://{}", rest.strip_prefix("//").unwrap_or(rest)),
        _ => return None,
    };
    Some(url.trim_end_matches('/').to_owned())
}

/// The fields of a stanza, lower-case name and whole value.
type Stanza = Vec<(String, String)>;

fn stanzas(text: &str) -> Vec<Stanza> {
    let mut all: Vec<Stanza> = vec![Vec::new()];
    for line in text.lines() {
        if line.starts_with('#') {
            continue;
        }
        if line.trim().is_empty() {
            all.push(Vec::new());
        } else if let Some(stanza) = all.last_mut() {
            add_line(stanza, line);
        }
    }
    all
}

fn add_line(stanza: &mut Stanza, line: &str) {
    if line.starts_with([' ', '\t']) {
        if let Some((_, value)) = stanza.last_mut() {
            value.push('\n');
            value.push_str(line);
        }
    } else if let Some((name, value)) = line.split_once(':') {
        stanza.push((name.trim().to_ascii_lowercase(), value.to_owned()));
    }
}

fn from_stanza(stanza: &Stanza) -> Option<Entry> {
    let words = |name: &str| -> Vec<String> {
        let field = stanza.iter().find(|(field, _)| field == name);
        field.map_or(Vec::new(), |(_, value)| value.split_whitespace().map(str::to_owned).collect())
    };
    let is_off = |word: &String| ["no", "false", "without", "off", "disable", "0"].contains(&word.as_str());
    let enabled = !words("enabled").iter().any(is_off) && words("types").iter().any(|kind| kind == "deb");
    entry(enabled, &words("uris"), words("suites"), words("components"))
}

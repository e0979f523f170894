//! Which mirror serves a suite: what a flag or the description says, else what the machine's own apt configuration has.
//!
//! No host name of an archive is known to this program.

mod apt;

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

pub use apt::{Sources, SourcesError};
use plc_lang::topology::Archive;

use super::date;

/// Nothing says where a suite is to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no mirror is known for suite `{suite}` of archive `{archive}`: set `PLC_MIRROR` or give `--mirror URL`"
)]
pub struct NoMirror {
    /// The archive's name in the description.
    pub archive: String,
    /// The suite.
    pub suite: String,
}

/// Where this machine finds archives.
#[derive(Clone, Debug, Default)]
pub struct Mirrors {
    /// What `--mirror` or `PLC_MIRROR` says: an `http(s)` or `file` URL, or a path.
    pub explicit: Option<String>,
    /// What `--snapshot` or `PLC_SNAPSHOT` says: where archives are to be had as they were at a time, which goes behind it as
    /// `…/20260711T101637Z`.
    pub snapshot: Option<String>,
    /// The project's directory: what a path given as mirror is relative to.
    pub project: PathBuf,
    /// The machine's apt sources.
    pub sources: Sources,
}

impl Mirrors {
    /// The base URLs that may serve a suite of an archive, without trailing slash, in the order to try them.
    ///
    /// A mirror that is given explicitly comes first, then the one that the description names. Where neither is given,
    /// it is apt's entry for the suite, or, for a suite that apt does not have, apt's bases of other suites of the same
    /// kind (security or not). Security suites have an archive of their own beside the main one, so for these a given
    /// `…/debian` stands for `…/debian-security` too.
    pub fn urls(&self, archive: &Archive, suite: &str) -> Result<Vec<String>, NoMirror> {
        let given = [&self.explicit, &archive.mirror].into_iter().flatten();
        let mut urls: Vec<String> = given.flat_map(|mirror| self.given(mirror, suite)).collect();
        if urls.is_empty() {
            urls = self.sources.serving(suite, &archive.components);
        }
        if urls.is_empty() {
            urls = self.sources.of_kind(is_security(suite), &archive.components);
        }
        let mut seen = std::collections::BTreeSet::new();
        urls.retain(|url| seen.insert(url.clone()));
        if urls.is_empty() {
            return Err(NoMirror { archive: archive.name.clone(), suite: suite.to_owned() });
        }
        Ok(urls)
    }

    /// The base URLs that may have a suite as it was when its Release file was dated so, in the order to try them; none where
    /// no snapshot archive is known. A snapshot is taken some time after the file was made, and is what stands for all times
    /// up to the next.
    pub fn snapshots(&self, suite: &str, dated: SystemTime) -> Vec<String> {
        const HOURS: [u64; 5] = [6, 12, 24, 48, 0];
        let bases = self.snapshot.iter().flat_map(|snapshot| self.given(snapshot, suite)).collect::<Vec<_>>();
        let stamps = HOURS.map(|hours| date::write_stamp(dated + Duration::from_secs(hours * 3600)));
        stamps.iter().flat_map(|stamp| bases.iter().map(move |base| format!("{base}/{stamp}"))).collect()
    }

    /// The bases that one given mirror stands for.
    fn given(&self, mirror: &str, suite: &str) -> Vec<String> {
        let base = self.url(mirror);
        let sibling = is_security(suite)
            .then(|| base.strip_suffix("/debian").map(|front| format!("{front}/debian-security")))
            .flatten();
        let Some(sibling) = sibling else { return vec![base] };
        // A directory can be asked at no cost; over the network the usual place is tried first.
        let has_suite = base
            .strip_prefix("file://")
            .is_some_and(|path| Path::new(path).join("dists").join(suite).exists());
        if has_suite { vec![base, sibling] } else { vec![sibling, base] }
    }

    fn url(&self, mirror: &str) -> String {
        let url = if mirror.contains("://") || mirror.starts_with("file:") {
            apt::normal_url(mirror).unwrap_or_else(|| mirror.to_owned())
        } else {
            format!("file://{}", self.project.join(mirror).display())
        };
        url.trim_end_matches('/').to_owned()
    }
}

/// Whether a suite is one of security updates: `bookworm-security`, `buster/updates`.
pub fn is_security(suite: &str) -> bool {
    suite.ends_with("-security") || suite.ends_with("/updates")
}

#[cfg(test)]
mod tests;

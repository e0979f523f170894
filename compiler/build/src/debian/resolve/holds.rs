//! What the description says of single packages: which version, from which archive.

use std::collections::{BTreeMap, BTreeSet};

use plc_plan::request::{PackageRequest, Want};

use super::{
    Choice, Offer, ResolveError,
    error::quoted,
    rules::{Rules, Scope},
    wanted,
};
use crate::debian::index::RecordId;

/// What is said of one package.
#[derive(Clone, Debug, Default)]
struct Hold<'a> {
    versions: BTreeSet<&'a str>,
    archives: BTreeSet<&'a str>,
}

/// A request in terms of an index.
pub(super) struct Held<'a> {
    /// What may be chosen.
    pub(super) rules: Rules<'a>,
    /// The packages that are asked for by name.
    pub(super) wanted: Vec<RecordId>,
}

/// What a request says.
pub(super) fn read<'a>(
    choice: &Choice<'a>,
    base: &BTreeSet<RecordId>,
    who: &str,
    request: &'a PackageRequest,
) -> Result<Held<'a>, ResolveError> {
    let mut holds: BTreeMap<&'a str, Hold<'a>> = BTreeMap::new();
    for pin in request.pins() {
        let hold = holds.entry(&pin.package).or_default();
        hold.versions.extend(pin.version.as_deref());
        hold.archives.extend(pin.from.as_deref());
    }
    let mut wanted_ids = Vec::new();
    for want in request.wants() {
        let id = wanted(choice, base, who, want)?;
        wanted_ids.push(id);
        if let Some(from) = &want.from {
            holds.entry(choice.index.record(id).name).or_default().archives.insert(from);
        }
    }
    let mut rules = Rules::new(Scope::Newest);
    for (name, hold) in &holds {
        let records = hold.candidates(choice, who, name)?;
        for id in &records {
            rules.draw_from(choice.index.record(*id).archive);
        }
        rules.hold(name, records, hold.to_string());
    }
    for (want, id) in request.wants().iter().zip(&wanted_ids).filter(|(want, _)| want.from.is_some()) {
        couple(choice, &mut rules, *id, want);
    }
    Ok(Held { rules, wanted: wanted_ids })
}

/// Has what is built from the same source as a package come from the same archive, should it be there: a server and its
/// programs are one thing, however loosely its packages depend on one another. What a pin says is not touched.
fn couple<'a>(choice: &Choice<'a>, rules: &mut Rules<'a>, package: RecordId, want: &Want) {
    let index = choice.index;
    let package = index.record(package);
    let of_source = index.ids().filter(|id| {
        let record = index.record(*id);
        record.archive == package.archive && record.source == package.source
    });
    let names: BTreeSet<&str> = of_source.map(|id| index.record(id).name).collect();
    for name in names.into_iter().filter(|name| !rules.has(name)).collect::<Vec<_>>() {
        let records = index.of_name(name).filter(|id| index.record(*id).archive == package.archive);
        rules.hold(name, records.collect(), format!("taken along with {want}"));
    }
}

impl Hold<'_> {
    /// What it leaves of a name; where it names no archive, what the first archive has that has any.
    fn candidates(&self, choice: &Choice<'_>, who: &str, name: &str) -> Result<Vec<RecordId>, ResolveError> {
        if self.archives.len() > 1 {
            let archives = self.archives.iter().map(|archive| (*archive).to_owned()).collect();
            return Err(ResolveError::TwoArchives { who: who.to_owned(), name: name.to_owned(), archives });
        }
        let admits = |id: &RecordId| {
            let record = choice.index.record(*id);
            self.archives.iter().all(|archive| *archive == choice.name(record.archive))
                && self.versions.iter().all(|version| *version == record.version)
        };
        let mut records: Vec<RecordId> = choice.index.of_name(name).filter(admits).collect();
        let Some(first) = records.first().map(|id| choice.index.record(*id).archive) else {
            return Err(self.not_offered(choice, name));
        };
        records.retain(|id| choice.index.record(*id).archive == first);
        Ok(records)
    }

    fn not_offered(&self, choice: &Choice<'_>, name: &str) -> ResolveError {
        let offers = choice.index.of_name(name).map(|id| choice.index.record(id)).map(|record| Offer {
            version: record.version.to_owned(),
            archive: choice.name(record.archive).to_owned(),
        });
        ResolveError::NotOffered { name: name.to_owned(), held: self.to_string(), offers: offers.collect() }
    }
}

impl std::fmt::Display for Hold<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let versions = self.versions.iter().copied().collect::<Vec<_>>().join(" and ");
        let archives = quoted(&self.archives.iter().map(|archive| (*archive).to_owned()).collect::<Vec<_>>());
        match (versions.is_empty(), archives.is_empty()) {
            (false, true) => write!(f, "held to {versions}"),
            (false, false) => write!(f, "held to {versions} of {archives}"),
            (true, _) => write!(f, "taken from {archives}"),
        }
    }
}

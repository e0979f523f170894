//! What the description says of single packages: which version, from which archive.

use std::collections::{BTreeMap, BTreeSet};

use plc_plan::request::{PackageRequest, Want};

use super::{
    Choice, Offer, ResolveError, Wanted,
    rules::{Rules, Scope},
    wanted,
};
use crate::debian::index::RecordId;

/// What is said of one package.
#[derive(Clone, Debug, Default)]
struct Hold<'a> {
    versions: BTreeSet<&'a str>,
    /// Each a choice of archives, the best first.
    archives: Vec<Vec<&'a str>>,
}

/// A request in terms of an index.
pub(super) struct Held<'a> {
    /// What may be chosen.
    pub(super) rules: Rules<'a>,
    /// The packages that are asked for by name.
    pub(super) wanted: Wanted,
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
        let named: Vec<&str> = pin.from.iter().map(String::as_str).collect();
        hold.archives.push(if named.is_empty() { vec![choice.name(0)] } else { named });
    }
    let mut wanted_ids = Wanted::default();
    for want in request.wants() {
        let id = wanted(choice, base, who, want)?;
        wanted_ids.add(id, want.recommends);
        if let Some(from) = &want.from {
            holds.entry(choice.index.record(id).name).or_default().archives.push(vec![from]);
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
    for (want, id) in request.wants().iter().zip(&wanted_ids.all).filter(|(want, _)| want.from.is_some()) {
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
    /// What it leaves of a name: of the first archive that has any.
    fn candidates(&self, choice: &Choice<'_>, who: &str, name: &str) -> Result<Vec<RecordId>, ResolveError> {
        let archives = self.common();
        if archives.is_empty() {
            let all: BTreeSet<&str> = self.archives.iter().flatten().copied().collect();
            let archives = all.into_iter().map(str::to_owned).collect();
            return Err(ResolveError::TwoArchives { who: who.to_owned(), name: name.to_owned(), archives });
        }
        let of_archive = |archive: &&str| -> Vec<RecordId> {
            let admits = |id: &RecordId| {
                let record = choice.index.record(*id);
                choice.name(record.archive) == *archive
                    && self.versions.iter().all(|version| *version == record.version)
            };
            choice.index.of_name(name).filter(admits).collect()
        };
        let found = archives.iter().map(of_archive).find(|records| !records.is_empty());
        found.ok_or_else(|| self.not_offered(choice, name))
    }

    /// The archives that all agree on.
    fn common(&self) -> Vec<&str> {
        let mut common = self.archives.first().cloned().unwrap_or_default();
        common.retain(|archive| self.archives.iter().all(|named| named.contains(archive)));
        common
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
        let archives: Vec<String> = self.common().iter().map(|archive| format!("`{archive}`")).collect();
        let archives = archives.join(" or ");
        if versions.is_empty() {
            write!(f, "taken from {archives}")
        } else {
            write!(f, "held to {versions} of {archives}")
        }
    }
}

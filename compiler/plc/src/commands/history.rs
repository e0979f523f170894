//! `plc history`, and what `plc up` remembers.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use plc_lang::Date;
use plc_run::place::Place;
use plc_store::{DerivationHash, IdentityHash};
use serde::{Deserialize, Serialize};

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    render::{Table, Terminal},
    running::Which,
};

/// Show what ran in an environment, and since when. `plc up HASH` and `plc up --at WHEN` bring it up again.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// The file of an environment with a line for each time that something else ran in it.
const FILE: &str = "history";

/// What ran since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ran {
    /// Seconds since 1970.
    pub(super) at: u64,
    /// What.
    pub(super) derivation: DerivationHash,
    /// Environment, profile and variants.
    pub(super) title: String,
    /// Whatever its capacities.
    pub(super) identity: Option<IdentityHash>,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let machine = Machine::open_to_read(global)?;
    let (_, place) = args.which.place(&machine.store, |place| place.path().join(FILE).exists())?;
    let all = read(&place)?;
    if args.json {
        terminal.line(serde_json::to_string(&all).map_err(CliError::build)?);
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["SINCE (UTC)", "", "DERIVATION", "IDENTITY"]);
    for Ran { at, derivation, title, identity } in &all {
        let identity = identity.map(|identity| identity.to_string().chars().take(12).collect());
        table.row([time(*at), title.clone(), derivation.short(), identity.unwrap_or_default()]);
    }
    for (index, line) in table.lines().iter().enumerate() {
        terminal.line(if index == 0 { terminal.dim(line) } else { line.clone() });
    }
    Ok(Exit::Done)
}

/// Notes that something runs now, where it is not what ran before.
///
/// # Errors
/// The disk refuses.
pub(super) fn note(
    place: &Place,
    derivation: DerivationHash,
    title: &str,
    identity: Option<IdentityHash>,
) -> Result<(), CliError> {
    if read(place)?.last().is_some_and(|last| last.derivation == derivation) {
        return Ok(());
    }
    let ran = Ran { at: now(), derivation, title: title.to_owned(), identity };
    let mut line = serde_json::to_string(&ran).map_err(CliError::build)?;
    line.push('\n');
    let noted = OpenOptions::new().create(true).append(true).open(place.path().join(FILE));
    noted.and_then(|mut file| file.write_all(line.as_bytes())).map_err(|error| {
        CliError::build(format!("cannot write {}", place.path().join(FILE).display())).because_of(&error)
    })
}

/// What ran in an environment at a time, or before it: `2026-11-20`, `yesterday`, `2 weeks ago`.
///
/// # Errors
/// That is no time, or nothing ran yet.
pub(super) fn at(place: &Place, when: &str) -> Result<Ran, CliError> {
    let Some(time) = parse(when, now()) else {
        return Err(CliError::user(format!("`{when}` is no time"))
            .help("write it as `2026-11-20`, `yesterday`, `3 hours ago` or `2 weeks ago`"));
    };
    let all = read(place)?;
    let Some(first) = all.first().cloned() else {
        return Err(CliError::user("nothing ran in this environment yet"));
    };
    all.into_iter().rfind(|ran| ran.at <= time).ok_or_else(|| {
        CliError::user(format!("nothing ran here then: it begins at {} UTC", self::time(first.at)))
            .help("`plc history` shows what ran when")
    })
}

fn read(place: &Place) -> Result<Vec<Ran>, CliError> {
    let path = place.path().join(FILE);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read
            .map_err(|error| CliError::build(format!("cannot read {}", path.display())).because_of(&error))?,
    };
    // A line that a full disk has cut is no reason to forget the others.
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

const DAY: u64 = 86_400;

fn time(seconds: u64) -> String {
    let of_day = seconds % DAY;
    format!("{} {:02}:{:02}", Date::of_unix_time(seconds), of_day / 3600, of_day / 60 % 60)
}

/// The second that a time is, seen from now; a day is meant whole.
fn parse(text: &str, now: u64) -> Option<u64> {
    if let Some(date) = Date::parse(text) {
        let days = u64::try_from(Date::of_unix_time(0).days_until(date)).ok()?;
        return Some(days.checked_mul(DAY)? + DAY - 1);
    }
    if text == "yesterday" {
        return now.checked_sub(DAY);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let [count, unit, "ago"] = words[..] else { return None };
    let seconds = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        _ => return None,
    };
    now.checked_sub(count.parse::<u64>().ok()?.checked_mul(seconds)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now = 1_795_900_000;
        assert_eq!(parse("2 weeks ago", now), Some(now - 14 * DAY));
        assert_eq!(parse("1 hour ago", now), Some(now - 3600));
        assert_eq!(parse("yesterday", now), Some(now - DAY));
        assert_eq!(parse("1970-01-02", now), Some(2 * DAY - 1));
        for text in [
            "",
            "ago",
            "x days ago",
            "2 fortnights ago",
            "18446744073709551615 weeks ago",
            "-1 days ago",
            "2026-13-01",
        ] {
            assert_eq!(parse(text, now), None, "{text}");
        }
        assert_eq!(time(now), "2026-11-28 21:06");
    }
}

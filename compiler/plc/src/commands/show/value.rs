//! `plc show env.pl PATH`: a value of a description, and where it comes from.

use plc_lang::{Explanation, Origin, Use, Versions};
use plc_plan::lock::LockedVersions;
use serde_json::{Value, json};

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    locking,
    project::Project,
    render::{Table, Terminal},
    selecting::Selecting,
};

/// An expression that is longer than this is cut.
const LONGEST: usize = 60;

pub(super) fn run(
    project: &Project,
    path: &str,
    selecting: &Selecting,
    json: bool,
    (global, terminal): (&Global, &Terminal),
) -> Outcome {
    let selection = selecting.selection(&project.program)?;
    let first = project.topology(selecting, terminal)?;
    let lock = locking::lock_if_known(project, selecting, &first, global)?;
    let versions = lock.as_ref().map(|lock| LockedVersions::new(lock, &first));
    let versions = versions.as_ref().map(|versions| versions as &dyn Versions);
    let explanation = project.program.explain(&selection, path, versions).map_err(|found| {
        match found.as_slice() {
            // A path of the command line stands in no file.
            [one] if one.code == "E0210" => {
                let error = CliError::user(&one.message);
                match &one.help {
                    Some(help) => error.help(help),
                    None => error,
                }
            }
            all => project.told(all, terminal),
        }
    })?;
    if json {
        let value = as_json(project, &explanation);
        terminal.line(serde_json::to_string_pretty(&value).map_err(CliError::build)?);
    } else {
        print(project, &explanation, terminal);
    }
    Ok(Exit::Done)
}

/// Prints an explanation for people.
pub(in crate::commands) fn print(project: &Project, explanation: &Explanation, terminal: &Terminal) {
    let Explanation { path, value, ty, capacity, origins, uses } = explanation;
    let value = value.as_deref().unwrap_or("not said");
    terminal.line(format!("{} = {value}", terminal.bold(path)));
    terminal.line(terminal.dim(&format!("{ty}, {}", label(*capacity))));
    if origins.is_empty() {
        return;
    }
    let mut table = Table::new(&["SAID", "BY", "IN"]);
    for (index, origin) in origins.iter().enumerate() {
        let not = if origin.overridden { ", overridden" } else { "" };
        table.row([short(&origin.text), format!("{}{not}", origin.what), project.place(origin.span)]);
        if index == 0 {
            used(project, uses, 1, &mut table);
        }
    }
    terminal.line("");
    for (index, line) in table.lines().iter().enumerate() {
        terminal.line(if index == 0 { terminal.dim(line) } else { line.clone() });
    }
}

fn used(project: &Project, uses: &[Use], depth: usize, table: &mut Table) {
    for Use { name, value, origin, uses } in uses {
        let value = value.as_deref().unwrap_or("not said");
        let name = format!("{}{name} = {}", "  ".repeat(depth), short(value));
        table.row(match origin {
            // What is written is the value, mostly.
            Some(Origin { what, span, text, .. }) if text == value => {
                [name, what.clone(), project.place(*span)]
            }
            Some(Origin { what, span, text, .. }) => {
                [name, format!("`{}`, {what}", short(text)), project.place(*span)]
            }
            None => [name, String::new(), String::new()],
        });
        used(project, uses, depth + 1, table);
    }
}

/// On one line, and not too long.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn label(capacity: bool) -> &'static str {
    if capacity { "capacity" } else { "identity" }
}

/// The explanation as JSON.
pub(in crate::commands) fn as_json(project: &Project, explanation: &Explanation) -> Value {
    let Explanation { path, value, ty, capacity, origins, uses } = explanation;
    json!({
        "path": path,
        "value": value,
        "type": ty,
        "label": label(*capacity),
        "origins": origins.iter().map(|origin| json_origin(project, origin)).collect::<Vec<_>>(),
        "uses": uses.iter().map(|used| json_use(project, used)).collect::<Vec<_>>(),
    })
}

fn json_origin(project: &Project, origin: &Origin) -> Value {
    json!({
        "what": origin.what,
        "text": origin.text,
        "overridden": origin.overridden,
        "at": project.place(origin.span),
    })
}

fn json_use(project: &Project, used: &Use) -> Value {
    json!({
        "name": used.name,
        "value": used.value,
        "origin": used.origin.as_ref().map(|origin| json_origin(project, origin)),
        "uses": used.uses.iter().map(|used| json_use(project, used)).collect::<Vec<_>>(),
    })
}

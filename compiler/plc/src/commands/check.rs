//! `plc check`

use std::path::PathBuf;

use serde_json::json;

use crate::{
    Outcome,
    exit::Exit,
    project,
    render::{self, Terminal},
};

/// Parse, resolve and type-check a description with all its profiles.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    /// Print the diagnostics as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Outcome {
    let (directory, checked) = project::check(&args.file)?;
    let profiles = checked.program.as_ref().map(|program| program.profiles()).unwrap_or_default();
    if args.json {
        terminal.line(json!({
            "ok": checked.program.is_some(),
            "profiles": profiles.iter().map(|profile| &profile.name).collect::<Vec<_>>(),
            "diagnostics": render::as_json(&checked.diagnostics, &checked.sources, &directory),
        }));
    } else {
        terminal.diagnostics(&checked.diagnostics, &checked.sources, &directory);
    }
    if checked.program.is_none() {
        if !args.json {
            let mistakes = render::count(checked.diagnostics.len(), "mistake", "mistakes");
            terminal.line(format!("{}: {mistakes}", args.file.display()));
        }
        return Ok(Exit::User);
    }
    if !args.json {
        let names: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
        let count = render::count(names.len(), "profile", "profiles");
        terminal.line(format!("{}: no mistakes in {count} ({})", args.file.display(), names.join(", ")));
    }
    Ok(Exit::Done)
}

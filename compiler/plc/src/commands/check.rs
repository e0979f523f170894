//! `plc check`

use std::path::PathBuf;

use plc_lang::diag::Severity;
use serde_json::json;

use crate::{
    Outcome,
    exit::Exit,
    project,
    render::{self, Terminal},
    selecting::Setting,
};

/// Parse, resolve and type-check a description with all its profiles and variants.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    setting: Setting,
    /// Print the diagnostics as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Outcome {
    // Other commands tell what bears on what they do.
    let setting = Setting { unused: true, ..args.setting.clone() };
    let (directory, checked) = project::check(&args.file, &setting)?;
    let profiles = checked.program.as_ref().map(|program| program.profiles()).unwrap_or_default();
    let variants = checked.program.as_ref().map(|program| program.variants()).unwrap_or_default();
    if args.json {
        terminal.line(json!({
            "ok": checked.program.is_some(),
            "profiles": profiles.iter().map(|profile| &profile.name).collect::<Vec<_>>(),
            "variants": variants.iter().map(|variant| &variant.name).collect::<Vec<_>>(),
            "diagnostics": render::as_json(&checked.diagnostics, &checked.sources, &directory),
        }));
    } else {
        terminal.diagnostics(&checked.diagnostics, &checked.sources, &directory);
    }
    if checked.program.is_none() {
        if !args.json {
            let errors = checked.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
            let mistakes = render::count(errors, "mistake", "mistakes");
            terminal.line(format!("{}: {mistakes}", args.file.display()));
        }
        return Ok(Exit::User);
    }
    if !args.json {
        let profiles = named(profiles.iter().map(|p| &*p.name), "profile", "profiles");
        let variants = named(variants.iter().map(|v| &*v.name), "variant", "variants");
        let all = if variants.is_empty() { profiles } else { format!("{profiles} and {variants}") };
        terminal.line(format!("{}: no mistakes in {all}", args.file.display()));
    }
    Ok(Exit::Done)
}

/// `2 profiles (local, ci)`, or nothing where there is none but profiles are always told.
fn named<'a>(names: impl Iterator<Item = &'a str>, one: &str, many: &str) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() && one == "variant" {
        return String::new();
    }
    format!("{} ({})", render::count(names.len(), one, many), names.join(", "))
}

//! One file for each command.

mod build;
mod check;
mod diff;
mod documents;
mod explain;
mod explain_line;
mod fidelity;
mod fmt;
mod lock;
mod log;
mod plan;
mod provenance;
mod sbom;
mod show;
mod vendor;

use crate::{Global, Outcome, render::Terminal};

/// What `plc` does.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Lock(lock::Args),
    Vendor(vendor::Args),
    Build(build::Args),
    Plan(plan::Args),
    Show(show::Args),
    Diff(diff::Args),
    Fmt(fmt::Args),
    Log(log::Args),
    Sbom(sbom::Args),
    Provenance(provenance::Args),
    Explain(explain::Args),
    ExplainLine(explain_line::Args),
    Fidelity(fidelity::Args),
}

/// Runs a command.
pub(crate) fn run(command: Command, global: &Global, terminal: &Terminal) -> Outcome {
    match command {
        Command::Check(args) => check::run(&args, terminal),
        Command::Lock(args) => lock::run(&args, global, terminal),
        Command::Vendor(args) => vendor::run(&args, global, terminal),
        Command::Build(args) => build::run(&args, global, terminal),
        Command::Plan(args) => plan::run(&args, global, terminal),
        Command::Show(args) => show::run(&args, global, terminal),
        Command::Diff(args) => diff::run(&args, global, terminal),
        Command::Fmt(args) => fmt::run(&args, terminal),
        Command::Log(args) => log::run(&args, global, terminal),
        Command::Sbom(args) => sbom::run(&args, global, terminal),
        Command::Provenance(args) => provenance::run(&args, global, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::ExplainLine(args) => explain_line::run(&args, global, terminal),
        Command::Fidelity(args) => fidelity::run(&args, global, terminal),
    }
}

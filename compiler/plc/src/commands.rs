//! One file for each command.

mod build;
mod check;
mod diff;
mod documents;
mod down;
mod exec;
mod explain;
mod explain_line;
mod fault;
mod fidelity;
mod fmt;
mod history;
mod lock;
mod log;
mod logs;
mod plan;
mod provenance;
mod ps;
mod sbom;
mod show;
mod snap;
mod start;
mod test;
mod up;
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
    Up(up::Args),
    Test(test::Args),
    Ps(ps::Args),
    Logs(logs::Args),
    Exec(exec::Args),
    Shell(exec::ShellArgs),
    Stop(start::StopArgs),
    Start(start::StartArgs),
    Restart(start::RestartArgs),
    History(history::Args),
    Fault(fault::Args),
    Snap(snap::Args),
    Reset(snap::ResetArgs),
    Down(down::Args),
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
        Command::Test(args) => test::run(&args, global, terminal),
        Command::Up(args) => up::run(&args, global, terminal),
        Command::Ps(args) => ps::run(&args, global, terminal),
        Command::Logs(args) => logs::run(&args, global, terminal),
        Command::Exec(args) => exec::run(&args, global, terminal),
        Command::Shell(args) => exec::shell(&args, global, terminal),
        Command::Stop(args) => start::stop(&args, global, terminal),
        Command::Start(args) => start::start(&args, global, terminal),
        Command::Restart(args) => start::restart(&args, global, terminal),
        Command::History(args) => history::run(&args, global, terminal),
        Command::Fault(args) => fault::run(&args, global, terminal),
        Command::Snap(args) => snap::run(&args, global, terminal),
        Command::Reset(args) => snap::reset(&args, global, terminal),
        Command::Down(args) => down::run(&args, global, terminal),
    }
}

//! `plc log`

use std::fs;

use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    machine::Machine,
    render::Terminal,
};

/// Print what a derivation's builder wrote when it last ran.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A derivation hash, or the beginning of one
    hash: String,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let machine = Machine::open_to_read(global)?;
    let (hash, derivation) = machine.derivation(&args.hash)?;
    match fs::read(machine.store.log_path(&hash)) {
        Ok(log) if log.is_empty() => {
            terminal.note(format!("`{}` ({}) was built without a word", derivation.name, hash.short()));
            Ok(Exit::Done)
        }
        Ok(log) => {
            terminal.text(&String::from_utf8_lossy(&log));
            Ok(Exit::Done)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(CliError::user(format!(
            "`{}` ({}) has no log",
            derivation.name,
            hash.short()
        ))
        .help(match derivation.builder.kind() {
            "rootfs" | "check" | "run" => "it has not been built in this store: `plc build` writes one",
            _ => "only root file systems, checks and commands that make files write one",
        })),
        Err(error) => Err(CliError::build("cannot read the log").because_of(&error)),
    }
}

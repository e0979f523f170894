//! `plc`: compiles a typed description of a production into reproducible root file systems.
//!
//! The only crate that talks to a person. `commands/` has one file for each command, whose `Args` is its help;
//! `render` turns diagnostics, tables and sizes into text; everything else is in the libraries.

mod commands;
mod exit;
mod files;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod heap;
mod locking;
mod machine;
mod mirrors;
mod pages;
mod progress;
mod project;
mod pty;
mod render;
mod running;
mod selecting;
mod sources;
mod vendor;
mod whole;

use clap::Parser;
use plc_build::sandbox::{HELPER_ARGUMENT, helper_main};
use plc_run::RUN_ARGUMENT;

use crate::{commands::Command, exit::Exit, render::Terminal};

/// Compiles a description of a production into reproducible root file systems, made of real Debian packages.
#[derive(Debug, Parser)]
#[command(name = "plc", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, clap::Args)]
struct Global {
    /// The store [default: `plc/store` below the user's data directory]
    #[arg(long, env = "PLC_STORE", value_name = "DIR", global = true)]
    store: Option<std::path::PathBuf>,
    /// Colours: `auto` (on a terminal, unless NO_COLOR is set), `always`, `never`
    #[arg(long, value_enum, default_value_t = render::Color::Auto, global = true)]
    color: render::Color,
    /// Say nothing but the result
    #[arg(short, long, global = true)]
    quiet: bool,
}

fn main() -> std::process::ExitCode {
    // The sandbox, and what runs environments, start this same program again inside their namespaces.
    match std::env::args_os().nth(1) {
        Some(argument) if argument == HELPER_ARGUMENT => return helper_main(),
        Some(argument) if argument == RUN_ARGUMENT => return plc_run::main(),
        _ => {}
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    heap::advise_large_pages();
    let cli = Cli::parse();
    let terminal = Terminal::new(cli.global.color, cli.global.quiet);
    match commands::run(cli.command, &cli.global, &terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.error(&error);
            error.exit().into()
        }
    }
}

/// What a command gives.
type Outcome = Result<Exit, exit::CliError>;

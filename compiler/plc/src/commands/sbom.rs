//! `plc sbom`

use std::path::PathBuf;

use plc_plan::sbom::cyclonedx;

use super::{documents::Wanted, plan::of_description};
use crate::{Global, Outcome, exit::CliError, render::Terminal, selecting::Selecting};

/// Tell what hosts are made of, as CycloneDX 1.6: each package with its hash, and each source.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    selecting: Selecting,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let described = of_description(&args.file, &args.selecting, None, global, terminal)?;
    let lowered = &described.lowered;
    args.wanted.put(&lowered.hosts, "cdx.json", terminal, |host| {
        cyclonedx(&lowered.graph, &host.root)
            .ok_or_else(|| CliError::build(format!("the graph lacks the host `{}`", host.name)))
    })
}

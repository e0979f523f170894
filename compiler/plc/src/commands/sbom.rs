//! `plc sbom`

use std::path::PathBuf;

use plc_plan::{LoweredHost, sbom::cyclonedx};

use super::plan::of_description;
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    render::Terminal,
    selecting::Selecting,
    whole,
};

/// Tell what hosts are made of, as CycloneDX 1.6: each package with its hash, and each source.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    /// One host, which is printed; may be left out where there is only one
    host: Option<String>,
    #[command(flatten)]
    selecting: Selecting,
    /// The directory to write all hosts' to: `DIR/HOST.cdx.json`
    #[arg(long, value_name = "DIR", conflicts_with = "host")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let (lowered, _machine) = of_description(&args.file, &args.selecting, global, terminal)?;
    let text = |host: &LoweredHost| {
        let bill = cyclonedx(&lowered.graph, &host.root)
            .ok_or_else(|| CliError::build(format!("the graph lacks the host `{}`", host.name)))?;
        serde_json::to_string_pretty(&bill)
            .map_err(|error| CliError::build("cannot write JSON").because_of(&error))
    };
    if let Some(out) = &args.out {
        for host in &lowered.hosts {
            let path = out.join(format!("{}.cdx.json", host.name));
            whole::write(&path, format!("{}\n", text(host)?).as_bytes()).map_err(|error| {
                CliError::build(format!("cannot write {}", path.display())).because_of(&error)
            })?;
            terminal.status("Wrote", path.display());
        }
        return Ok(Exit::Done);
    }
    let names = || lowered.hosts.iter().map(|host| format!("`{}`", host.name)).collect::<Vec<_>>().join(", ");
    let host = match (&args.host, lowered.hosts.as_slice()) {
        (Some(name), hosts) => hosts.iter().find(|host| host.name == *name).ok_or_else(|| {
            CliError::user(format!("there is no host `{name}`")).help(format!("there are {}", names()))
        })?,
        (None, [only]) => only,
        (None, _) => {
            return Err(CliError::user("which host?")
                .help(format!("name one of {}, or write them all with `--out DIR`", names())));
        }
    };
    terminal.line(text(host)?);
    Ok(Exit::Done)
}

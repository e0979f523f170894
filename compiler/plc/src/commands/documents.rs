//! Documents about hosts: one is printed, or all are written to a directory. What `plc sbom` and `plc provenance` share.

use std::path::{Path, PathBuf};

use plc_plan::LoweredHost;
use serde_json::Value;

use crate::{
    Outcome,
    exit::{CliError, Exit},
    render::Terminal,
    whole,
};

/// Of which hosts, and where to.
#[derive(Debug, clap::Args)]
pub(super) struct Wanted {
    /// One host, which is printed; may be left out where there is only one
    host: Option<String>,
    /// The directory to write all hosts' to, as `DIR/HOST` and an ending
    #[arg(long, value_name = "DIR", conflicts_with = "host")]
    out: Option<PathBuf>,
}

impl Wanted {
    /// Prints the document of the host that is wanted, or writes all; `ending` is what their files' names end with.
    ///
    /// # Errors
    /// There is no telling which host is meant, a document cannot be made, or the disk fails.
    pub(super) fn put(
        &self,
        hosts: &[LoweredHost],
        ending: &str,
        terminal: &Terminal,
        document: impl Fn(&LoweredHost) -> Result<Value, CliError>,
    ) -> Outcome {
        let text = |host: &LoweredHost| {
            serde_json::to_string_pretty(&document(host)?)
                .map_err(|error| CliError::build("cannot write JSON").because_of(&error))
        };
        let Some(out) = &self.out else {
            terminal.line(text(self.one_of(hosts)?)?);
            return Ok(Exit::Done);
        };
        for host in hosts {
            let path = out.join(format!("{}.{ending}", host.name));
            write(&path, &text(host)?)?;
            terminal.status("Wrote", path.display());
        }
        Ok(Exit::Done)
    }

    fn one_of<'a>(&self, hosts: &'a [LoweredHost]) -> Result<&'a LoweredHost, CliError> {
        let names = || hosts.iter().map(|host| format!("`{}`", host.name)).collect::<Vec<_>>().join(", ");
        match (&self.host, hosts) {
            (Some(name), _) => hosts.iter().find(|host| host.name == *name).ok_or_else(|| {
                CliError::user(format!("there is no host `{name}`")).help(format!("there are {}", names()))
            }),
            (None, [only]) => Ok(only),
            (None, _) => Err(CliError::user("which host?")
                .help(format!("name one of {}, or write them all with `--out DIR`", names()))),
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    whole::write(path, format!("{text}\n").as_bytes())
        .map_err(|error| CliError::build(format!("cannot write {}", path.display())).because_of(&error))
}

//! `plc fault`

use plc_run::control::{Fault, Request};

use super::start::{ask, named};
use crate::{
    Global, Outcome,
    exit::CliError,
    render::Terminal,
    running::{self, Which},
};

/// Do to a running environment what happens to productions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    what: What,
}

/// What goes wrong.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Have two hosts reach each other no more: what they send is lost without a word
    Cut {
        /// A host
        host: String,
        /// Another
        other: String,
    },
    /// Kill services, with all that they have started; they are started again
    Kill {
        /// Hosts and services: `web`, `web-1`, `web-1/apache`, `apache`
        #[arg(required = true)]
        what: Vec<String>,
    },
    /// Have all processes of a host stand still
    Freeze {
        /// The host
        host: String,
    },
    /// End what was cut or frozen
    Heal,
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    let fault = match &args.what {
        What::Cut { host, other } => {
            let (one, other) = (running::host(&running, host)?, running::host(&running, other)?);
            if one == other {
                return Err(CliError::user(format!("`{one}` cannot be cut off from itself")));
            }
            Fault::Cut(one, other)
        }
        What::Kill { what } => Fault::Kill(named(&running, what)?),
        What::Freeze { host } => Fault::Freeze { host: running::host(&running, host)?, frozen: true },
        What::Heal => Fault::Heal,
    };
    ask(&running, Request::Fault(fault), terminal)
}

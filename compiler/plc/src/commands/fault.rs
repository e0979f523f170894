//! `plc fault`

use plc_lang::Quantity;
use plc_run::{
    control::{Fault, Request, Worse},
    link::WHOLE,
};

use super::start::{ask, named};
use crate::{
    Global, Outcome,
    exit::{CliError, Exit},
    render::Terminal,
    running::{self, Running, Which},
};

/// Do to a running environment what happens to productions.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    what: What,
}

/// Two hosts; of one with replicas, all.
#[derive(Debug, clap::Args)]
struct Between {
    /// A host
    host: String,
    /// Another
    other: String,
}

/// What goes wrong.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Have two hosts reach each other no more: what they send is lost without a word
    Cut(Between),
    /// Have what two hosts send to each other take longer, in each direction
    Delay {
        #[command(flatten)]
        between: Between,
        /// How much longer, as `100ms`
        #[arg(value_parser = duration)]
        delay: u64,
        /// How much more or less than that it may be, as `10ms`
        #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0ms")]
        jitter: u64,
    },
    /// Lose some of the packets that two hosts send to each other, in each direction
    Loss {
        #[command(flatten)]
        between: Between,
        /// How many of them, as `10%`
        #[arg(value_parser = loss)]
        loss: u32,
    },
    /// Let no more than so much through between two hosts, in each direction
    Rate {
        #[command(flatten)]
        between: Between,
        /// How much, as `1MiB/s`
        #[arg(value_parser = rate)]
        rate: u64,
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
    /// Let the disk of a host run full: the host is replaced by one whose disk is in memory, and what it writes meanwhile is
    /// thrown away by `plc fault heal`
    FullDisk {
        /// The host
        host: String,
        /// What is left
        #[arg(long, value_name = "SIZE", value_parser = size, default_value = "1MiB")]
        free: u64,
        /// Seconds that the host may take until it is ready again
        #[arg(long, value_name = "SECONDS", default_value_t = 120)]
        patience: u64,
    },
    /// End all that lasts
    Heal {
        /// Seconds that a host may take that is replaced for it
        #[arg(long, value_name = "SECONDS", default_value_t = 120)]
        patience: u64,
    },
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    let running = args.which.running(global)?;
    let worsen = |between: &Between, worse: Worse| {
        let ways = between.ways(&running, "is on no way to itself")?;
        ask(&running, Request::Fault(Fault::Worsen { ways, worse }), terminal)
    };
    let fault = match &args.what {
        What::Cut(between) => {
            for (one, other) in between.ways(&running, "cannot be cut off from itself")? {
                ask(&running, Request::Fault(Fault::Cut(one, other)), terminal)?;
            }
            return Ok(Exit::Done);
        }
        What::Delay { between, delay, jitter } => {
            return worsen(between, Worse::Delay { delay: *delay, jitter: *jitter });
        }
        What::Loss { between, loss } => return worsen(between, Worse::Loss(*loss)),
        What::Rate { between, rate } => return worsen(between, Worse::Rate(*rate)),
        What::Kill { what } => Fault::Kill(named(&running, what)?),
        What::Freeze { host } => Fault::Freeze { host: running::host(&running, host)?, frozen: true },
        What::FullDisk { host, free, patience } => {
            let host = running::host(&running, host)?;
            Fault::FillDisk { host, free: *free, patience: *patience }
        }
        What::Heal { patience } => {
            for host in running::report(&running.client)?.full {
                terminal.note(format!("what {host} wrote while its disk was full is thrown away"));
            }
            Fault::Heal { patience: *patience }
        }
    };
    ask(&running, Request::Fault(fault), terminal)
}

impl Between {
    /// All ways between the hosts that are named.
    fn ways(&self, running: &Running, to_itself: &str) -> Result<Vec<(String, String)>, CliError> {
        let (hosts, others) = (running::hosts(running, &self.host)?, running::hosts(running, &self.other)?);
        let ways = running::ways(&hosts, &others);
        if ways.is_empty() {
            return Err(CliError::user(format!("`{}` {to_itself}", self.host)));
        }
        Ok(ways)
    }
}

fn duration(text: &str) -> Result<u64, String> {
    match Quantity::read(text)? {
        Quantity::Duration(milliseconds) => Ok(milliseconds),
        _ => Err(format!("`{text}` is no duration: write it as `100ms` or `2s`")),
    }
}

fn loss(text: &str) -> Result<u32, String> {
    let is_part = |millionths: &u32| *millionths <= WHOLE;
    let none = || format!("`{text}` is no part of the whole: write it as `10%`");
    match Quantity::read(text)? {
        Quantity::Percent(part) => u32::try_from(part).ok().filter(is_part).ok_or_else(none),
        _ => Err(none()),
    }
}

fn rate(text: &str) -> Result<u64, String> {
    match Quantity::read(text)? {
        Quantity::Rate(rate) if rate > 0 => Ok(rate),
        Quantity::Rate(_) => Err("nothing gets through at that rate: `plc fault cut` does it".into()),
        _ => Err(format!("`{text}` is no rate: write it as `1MiB/s`")),
    }
}

fn size(text: &str) -> Result<u64, String> {
    match Quantity::read(text)? {
        Quantity::Size(bytes) => Ok(bytes),
        _ => Err(format!("`{text}` is no size: write it as `1MiB`")),
    }
}

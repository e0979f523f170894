//! The synthetic production of the benches, for measuring from the outside (`.ci/measure-frontend`):
//!
//! ```text
//! synthetic write DERIVATIONS DIR    env.pl, env.lock and env.nix of about so many derivations
//! synthetic lower DIR                checks, evaluates and lowers them; prints how many there are
//! synthetic persist DIR STORE        the same, and keeps them in a store
//! ```
#![allow(clippy::print_stdout, reason = "a program of its own, for scripts")]
#![allow(clippy::disallowed_methods, reason = "it does the input and output that the crate leaves to others")]

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "../../plc/src/heap.rs"]
mod heap;
#[path = "../benches/synthetic/mod.rs"]
mod synthetic;

use std::{error::Error, fs, mem::ManuallyDrop, path::Path};

use plc_lang::{CheckOptions, check};
use plc_plan::{Lowered, lock::Lock, lower};
use plc_store::Store;

fn main() -> Result<(), Box<dyn Error>> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    heap::advise_large_pages();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["write", derivations, directory] => write(derivations.parse()?, Path::new(directory)),
        ["lower", directory] => {
            println!("{}", lowered(Path::new(directory))?.graph.len());
            Ok(())
        }
        ["persist", directory, store] => persist(Path::new(directory), Path::new(store)),
        _ => Err("synthetic write DERIVATIONS DIR | lower DIR | persist DIR STORE".into()),
    }
}

fn write(derivations: usize, directory: &Path) -> Result<(), Box<dyn Error>> {
    let hosts = synthetic::hosts(derivations);
    fs::write(directory.join("env.pl"), synthetic::description(hosts))?;
    fs::write(directory.join("env.lock"), synthetic::lock(hosts).write())?;
    fs::write(directory.join("env.nix"), synthetic::nix(hosts))?;
    Ok(())
}

fn lowered(directory: &Path) -> Result<ManuallyDrop<Lowered>, Box<dyn Error>> {
    let project = synthetic::Project(fs::read_to_string(directory.join("env.pl"))?);
    let checked = check("env.pl", &project, &CheckOptions::default());
    let program = checked.program.ok_or_else(|| format!("{:?}", checked.diagnostics.first()))?;
    let topology = program.evaluate(&synthetic::local(), None).map_err(|found| format!("{found:?}"))?;
    let lock = Lock::parse(&fs::read_to_string(directory.join("env.lock"))?)?;
    let lowered = lower(&topology, &lock, &synthetic::options())?;
    // As `plc` does, which ends with its command.
    std::mem::forget(program);
    Ok(ManuallyDrop::new(lowered))
}

fn persist(directory: &Path, store: &Path) -> Result<(), Box<dyn Error>> {
    let lowered = lowered(directory)?;
    let nodes = lowered.graph.order().iter().map(|id| lowered.graph.node(*id));
    let all: Vec<_> = nodes.map(|node| (node.hash, &node.derivation)).collect();
    Store::open(store)?.put_derivations(&all)?;
    println!("{}", all.len());
    Ok(())
}

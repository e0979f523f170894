//! Directories that hosts see as they are on this machine, in place of the sources that the description has there.

use std::{fs, path::Path};

use plc_lang::topology::{Build, Source, Topology, Tree};
use plc_run::deployment::{Deployment, LiveDirectory};

use crate::{
    exit::CliError,
    project::Project,
    render::Terminal,
    selecting::{Selecting, Setting},
};

const FORM: &str = "`--live PATH=DIRECTORY` takes the path of a source, as `app.site.source=./src`";

/// What `--live` says, each a parameter that is a source and the directory that stands for it, as declared hosts and what each mounts.
///
/// Where the source goes is found by setting it to that directory, as `--with` does, and looking where it then is.
///
/// # Errors
/// There is no such directory or parameter, or something else that is made of the source would not be seen to change.
pub(super) fn directories(
    asked: &[String],
    description: &Path,
    selecting: &Selecting,
    terminal: &Terminal,
) -> Result<Vec<(String, LiveDirectory)>, CliError> {
    let mut directories = Vec::new();
    for text in asked {
        let (parameter, directory) =
            text.split_once('=').ok_or_else(|| CliError::user(format!("`{text}` has no `=`")).help(FORM))?;
        let project = description.parent().unwrap_or(Path::new("."));
        let from = fs::canonicalize(project.join(directory))
            .map_err(|error| CliError::user(format!("there is no `{directory}`")).because_of(&error))?;
        if !from.is_dir() {
            return Err(CliError::user(format!("`{directory}` is no directory")));
        }
        let told = from.to_str().ok_or_else(|| CliError::user(format!("`{directory}` is not UTF-8")))?;
        let mut with = selecting.setting.with.clone();
        with.push(format!("{parameter}={told}"));
        let setting = Setting { with, ..selecting.setting.clone() };
        let topology = Project::open(description, &setting, terminal)?.topology(selecting, terminal)?;
        let found = find(&topology, told).map_err(|reason| {
            let help = format!("`--with {parameter}={directory}` builds with it instead");
            CliError::user(format!("`{parameter}` cannot be mounted: {reason}")).help(help)
        })?;
        let live = |(host, path)| (host, LiveDirectory { from: from.clone(), path });
        directories.extend(found.into_iter().map(live));
    }
    Ok(directories)
}

/// Has all replicas of the hosts mount them.
///
/// # Errors
/// One of them is a virtual machine.
pub(super) fn mount(
    directories: &[(String, LiveDirectory)],
    deployment: &mut Deployment,
) -> Result<(), CliError> {
    for host in &mut deployment.hosts {
        let own = directories.iter().filter(|(of, _)| *of == host.of);
        host.live.extend(own.map(|(_, live)| live.clone()));
        if host.machine.is_some() && !host.live.is_empty() {
            let name = &host.name;
            return Err(CliError::user(format!(
                "host {name} is a virtual machine, and sees no directory of this one"
            ))
            .help(format!("set `{name}.kind = \"container\"` for this, or build with `--with`")));
        }
    }
    Ok(())
}

/// The hosts, and the directories there, that a source goes to.
fn find(topology: &Topology, source: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for host in &topology.hosts {
        for mount in host.instances.iter().flat_map(|instance| &instance.trees) {
            match &mount.tree {
                Tree::Source(of) if is_local(of, source) => {
                    if let Some(hidden) = placed_below(host, &mount.path) {
                        return Err(format!("`{hidden}` of host {} would be hidden below it", host.name));
                    }
                    found.push((host.name.clone(), mount.path.clone()));
                }
                Tree::Build(build) if is_made_of(build, source) => {
                    return Err(format!("`{}` of host {} is made of it by commands", mount.path, host.name));
                }
                _ => {}
            }
        }
    }
    if found.is_empty() { Err("it goes to no directory as it is".into()) } else { Ok(found) }
}

/// What the description itself puts below a directory. What packages have there gives way.
fn placed_below<'a>(host: &'a plc_lang::topology::Host, directory: &str) -> Option<&'a str> {
    let below = |path: &&str| path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'));
    let instances = host.instances.iter();
    let paths = instances.flat_map(|instance| {
        let files = instance.files.iter().map(|file| file.path.as_str());
        let states = instance.states.iter().map(|state| state.path.as_str());
        files.chain(states).chain(instance.trees.iter().map(|tree| tree.path.as_str()))
    });
    paths.into_iter().find(below)
}

fn is_local(source: &Source, wanted: &str) -> bool {
    matches!(source, Source::Local { path, .. } if path == wanted)
}

fn is_made_of(build: &Build, source: &str) -> bool {
    match &build.from {
        Some(Tree::Source(of)) => is_local(of, source),
        Some(Tree::Build(build)) => is_made_of(build, source),
        None => false,
    }
}

//! `rootfs` and `check`: what runs programs.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    fs::File,
    path::{Path, PathBuf},
};

use plc_plan::derivation::{ANSWERS, Builder, CheckArguments, Derivation, Input, Role, RootfsArguments};
use plc_store::{Entry, Kind, Meta, Output, Realisation, Tree, TreeDigest, TreePath};

use super::{Context, JobError, Shared};
use crate::{
    request::Request,
    rootfs::{self, Answer, Inputs, RootfsOutput, SandboxRunner, Stage},
    sandbox,
};

/// A new log, in place of that of an earlier try.
pub(super) fn new_log(request: &Request, context: &Context<'_>) -> Result<(PathBuf, File), JobError> {
    let path = context.store.log_path(&request.hash);
    let file = File::create(&path).map_err(|source| JobError::Io { action: "write the log", source })?;
    Ok((path, file))
}

/// Makes a root file system. Packages upon a base come in stages: those up to the last are what a derivation that asks for
/// less comes to, so that it is made once for all that ask for more.
pub(super) fn run(
    arguments: &RootfsArguments,
    request: &Request,
    context: &Context<'_>,
    shared: &Shared<'_>,
) -> Result<Realisation, JobError> {
    shared.once(request, || shared.same_as_before(staged(arguments, request, context, shared)?))
}

/// The stages of a request's packages; one where they cannot be divided. What packages are told is for all of them, and
/// those of a fresh root file system are configured with one another.
fn stages(
    arguments: &RootfsArguments,
    request: &Request,
    context: &Context<'_>,
) -> Result<Vec<Stage>, JobError> {
    let packages: Vec<TreeDigest> = request.trees(Role::Package).collect();
    let is_whole =
        request.inputs_as(Role::Base).next().is_none() || request.inputs_as(Role::Answers).next().is_some();
    if is_whole {
        return Ok(vec![Stage { packages, manual: arguments.manual.clone() }]);
    }
    Ok(rootfs::stages(context.store, &packages, &arguments.manual)?)
}

/// Makes a request: its last stage upon what a request for less comes to. That one is divided by itself, as it is where somebody
/// asks for no more, so that it comes to the same.
fn staged(
    arguments: &RootfsArguments,
    request: &Request,
    context: &Context<'_>,
    shared: &Shared<'_>,
) -> Result<Realisation, JobError> {
    let stages = stages(arguments, request, context)?;
    let (path, _) = new_log(request, context)?;
    let base = request.inputs_as(Role::Base).next().map(|base| base.layers.clone()).unwrap_or_default();
    let (last, below) =
        stages.split_last().map_or((&[][..], &[][..]), |(last, below)| (&last.packages, below));
    let base = match below {
        [] => base,
        below => {
            let (less, arguments) = less(request, below);
            let made = shared.on_the_way(&less, || staged(&arguments, &less, context, shared));
            let of = made.as_ref().map_or(less.hash, |made| made.derivation);
            append_log(&context.store.log_path(&of), &path)?;
            made?.layers
        }
    };
    let made = build(&base, last, request, context, &path)?;
    let output = Output::Tree(made.tree);
    Ok(Realisation { resolved: request.resolved(), derivation: request.hash, output, layers: made.layers })
}

/// The request for the packages of the stages only: as though nothing else had been asked for.
fn less(request: &Request, stages: &[Stage]) -> (Request, RootfsArguments) {
    let packages: BTreeSet<&TreeDigest> = stages.iter().flat_map(|stage| &stage.packages).collect();
    let manual = stages.last().map(|stage| stage.manual.clone()).unwrap_or_default();
    let is_kept = |role: Role, input: &Realisation| match (role, &input.output) {
        (Role::Base, _) => true,
        (Role::Package, Output::Tree(tree)) => packages.contains(tree),
        _ => false,
    };
    let (inputs, realised): (Vec<Input>, Vec<(Role, Realisation)>) = (request.derivation.inputs.iter())
        .zip(&request.inputs)
        .filter(|(_, (role, input))| is_kept(*role, input))
        .map(|(input, realised)| (input.clone(), realised.clone()))
        .unzip();
    let arguments = RootfsArguments { manual, owners: Vec::new(), mounts: Vec::new() };
    let derivation = Derivation {
        name: RootfsArguments::name_of_packages(&arguments.manual),
        platform: request.derivation.platform.clone(),
        inputs,
        builder: Builder::Rootfs(arguments.clone().into()),
    };
    (Request { hash: derivation.hash(), derivation, inputs: realised }, arguments)
}

/// Puts what a log says at the end of another; there is none where its builder was spared.
fn append_log(from: &Path, to: &Path) -> Result<(), JobError> {
    let failed = |source| JobError::Io { action: "write the log", source };
    let Ok(mut from) = File::open(from) else { return Ok(()) };
    let mut to = File::options().append(true).open(to).map_err(failed)?;
    std::io::copy(&mut from, &mut to).map(drop).map_err(failed)
}

/// Adds packages, trees and overlays to the layers of a base.
fn build(
    base: &[TreeDigest],
    packages: &[TreeDigest],
    request: &Request,
    context: &Context<'_>,
    log: &Path,
) -> Result<RootfsOutput, JobError> {
    let Builder::Rootfs(arguments) = &request.derivation.builder else {
        return Err(JobError::Input(Role::Root));
    };
    let trees: Vec<TreeDigest> = request.trees(Role::Tree).collect();
    if trees.len() != arguments.mounts.len() {
        return Err(JobError::Input(Role::Tree));
    }
    let overlays: Vec<TreeDigest> = request.trees(Role::Overlay).collect();
    let answers = answers(request, context)?;
    let inputs = Inputs {
        base,
        packages,
        trees: &trees,
        mounts: &arguments.mounts,
        overlays: &overlays,
        owners: &arguments.owners,
        answers: &answers,
        wants: &arguments.manual,
        architecture: &request.derivation.platform,
    };
    Ok(rootfs::build(context.store, &SandboxRunner::new(context.runner, log), &inputs)?)
}

/// The lines of the tree of answers, where there is one.
fn answers(request: &Request, context: &Context<'_>) -> Result<Vec<Answer>, JobError> {
    let Some(tree) = request.trees(Role::Answers).next() else { return Ok(Vec::new()) };
    let tree = context.store.read_tree(&tree)?;
    let path = TreePath::new(ANSWERS.trim_start_matches('/').as_bytes());
    let file = path.ok().and_then(|path| tree.get(&path));
    let Some(Entry { kind: Kind::File { blob, .. }, .. }) = file else {
        return Err(JobError::Input(Role::Answers));
    };
    let text =
        String::from_utf8(context.store.read_blob(blob)?).map_err(|_| JobError::Input(Role::Answers))?;
    let answer =
        |line: &str| line.split_once(' ').map(|(question, value)| (question.to_owned(), value.to_owned()));
    text.lines().map(|line| answer(line).ok_or(JobError::Input(Role::Answers))).collect()
}

/// What a check finds in its environment.
const CHECK_ENVIRONMENT: [(&str, &str); 5] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("HOME", "/root"),
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("TERM", "dumb"),
];

/// Runs a check; what it changes is thrown away.
pub(super) fn check(
    arguments: &CheckArguments,
    request: &Request,
    context: &Context<'_>,
) -> Result<Output, JobError> {
    let root: &Realisation = request.inputs_as(Role::Root).next().ok_or(JobError::Input(Role::Root))?;
    let command = sandbox::Request {
        layers: root.layers.clone(),
        placed: Vec::new(),
        scaffold: Vec::new(),
        steps: vec![sandbox::Step {
            name: "check".into(),
            argv: arguments.exec.clone(),
            environment: CHECK_ENVIRONMENT.map(|(name, value)| (name.into(), value.into())).into(),
            user: arguments.user.clone(),
            directory: "/".into(),
        }],
        read_back: sandbox::ReadBack::Nothing,
    };
    let (_, log) = new_log(request, context)?;
    if let Some(failure) = context.runner.run(&command, &log)?.failure {
        return Err(JobError::Check { command: arguments.exec.join(" "), reason: failure.reason });
    }
    let meta = Meta { mode: 0o755, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() };
    let empty = Tree::new(vec![Entry { path: TreePath::root(), meta, kind: Kind::Directory }])?;
    Ok(Output::Tree(context.store.put_tree(&empty)?))
}

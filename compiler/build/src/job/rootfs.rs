//! `rootfs` and `check`: what runs programs.

use std::{fs::File, path::PathBuf};

use plc_plan::derivation::{ANSWERS, CheckArguments, Role, RootfsArguments};
use plc_store::{Entry, Kind, Meta, Output, Realisation, Tree, TreeDigest, TreePath};

use super::{Context, JobError};
use crate::{
    request::Request,
    rootfs::{self, Answer, Inputs, RootfsOutput, SandboxRunner},
    sandbox,
};

/// A new log, in place of that of an earlier try.
pub(super) fn new_log(request: &Request, context: &Context<'_>) -> Result<(PathBuf, File), JobError> {
    let path = context.store.log_path(&request.hash);
    let file = File::create(&path).map_err(|source| JobError::Io { action: "write the log", source })?;
    Ok((path, file))
}

/// Makes a root file system.
pub(super) fn run(
    arguments: &RootfsArguments,
    request: &Request,
    context: &Context<'_>,
) -> Result<RootfsOutput, JobError> {
    let packages: Vec<TreeDigest> = request.trees(Role::Package).collect();
    let trees: Vec<TreeDigest> = request.trees(Role::Tree).collect();
    if trees.len() != arguments.mounts.len() {
        return Err(JobError::Input(Role::Tree));
    }
    let overlays: Vec<TreeDigest> = request.trees(Role::Overlay).collect();
    let base = request.inputs_as(Role::Base).next().map(|base| base.layers.as_slice()).unwrap_or_default();
    let answers = answers(request, context)?;
    let (log, _) = new_log(request, context)?;
    let inputs = Inputs {
        base,
        packages: &packages,
        trees: &trees,
        mounts: &arguments.mounts,
        overlays: &overlays,
        owners: &arguments.owners,
        answers: &answers,
        wants: &arguments.manual,
        architecture: &request.derivation.platform,
    };
    Ok(rootfs::build(context.store, &SandboxRunner::new(context.runner, &log), &inputs)?)
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

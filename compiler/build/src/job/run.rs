//! `run`: commands in a root file system, and the directory that they leave.
//!
//! ```text
//! /build            the source, owned by the user `build`, who runs the commands
//! /build/OUTPUT     read back when all have succeeded
//! everything else   thrown away
//! ```

use plc_plan::derivation::{Role, RunArguments};
use plc_store::{Entry, Kind, Meta, Output, Realisation, Store, Tree, TreePath};

use super::{Context, JobError, rootfs::new_log};
use crate::{
    request::Request,
    sandbox::{self, Delta, PlacedTree, ReadBack, ScaffoldFile, Step},
};

/// Where commands work, below the root.
const PLACE: &str = "build";

/// Who runs them.
const USER: &str = "build";

/// His id, and his group's: the first that Debian gives to a person, so that no package has it.
const ID: u32 = 1000;

/// The time of all that commands find in their directory, and what they are told to put in place of the present: the
/// beginning of 1980, in seconds since 1970. Zip archives know no earlier time.
const EPOCH: i64 = 315_532_800;

/// Runs the commands.
pub(super) fn run(
    arguments: &RunArguments,
    request: &Request,
    context: &Context<'_>,
) -> Result<Output, JobError> {
    let root: &Realisation = request.inputs_as(Role::Root).next().ok_or(JobError::Input(Role::Root))?;
    let source = match request.trees(Role::Source).next() {
        Some(source) => source,
        None => context.store.put_tree(&Tree::new(vec![directory(TreePath::root())])?)?,
    };
    let top = output_path(&arguments.output)?;
    let command = sandbox::Request {
        layers: root.layers.clone(),
        placed: vec![PlacedTree { path: path(PLACE)?, tree: source, uid: ID, gid: ID, mtime: EPOCH }],
        scaffold: accounts(context.store, root)?,
        steps: arguments.commands.iter().map(|command| step(command, arguments)).collect(),
        read_back: ReadBack::Directory(top.clone()),
    };
    let (_, log) = new_log(request, context)?;
    let outcome = context.runner.run(&command, &log)?;
    if let Some(failure) = outcome.failure {
        return Err(JobError::Command {
            number: failure.step + 1,
            of: arguments.commands.len(),
            command: arguments.commands.get(failure.step).cloned().unwrap_or_default(),
            reason: failure.reason,
        });
    }
    let tree = harvest(&outcome.delta.unwrap_or_default(), &top, &arguments.output)?;
    Ok(Output::Tree(context.store.put_tree(&tree)?))
}

fn step(command: &str, arguments: &RunArguments) -> Step {
    let epoch = EPOCH.to_string();
    let fixed = [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("HOME", "/build"),
        ("USER", USER),
        ("LOGNAME", USER),
        ("SHELL", "/bin/sh"),
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
        ("TERM", "dumb"),
        ("SOURCE_DATE_EPOCH", &epoch),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Step {
        name: command.to_owned(),
        argv: ["/bin/sh", "-eu", "-c", command].map(str::to_owned).into(),
        // What the description says comes last, and so before what is fixed.
        environment: fixed.into_iter().chain(arguments.environment.iter().cloned()).collect(),
        user: USER.to_owned(),
        directory: format!("/{PLACE}"),
    }
}

/// The account files of the root file system, with one more user. Programs ask for the name of who runs them.
fn accounts(store: &Store, root: &Realisation) -> Result<Vec<ScaffoldFile>, JobError> {
    let Output::Tree(root) = root.output else { return Err(JobError::Input(Role::Root)) };
    let tree = store.read_tree(&root)?;
    let files = [
        ("etc/passwd", format!("{USER}:x:{ID}:{ID}::/{PLACE}:/bin/sh\n")),
        ("etc/group", format!("{USER}:x:{ID}:\n")),
    ];
    let file = |(name, line): (&str, String)| {
        let path = path(name)?;
        let text = match tree.get(&path).map(|entry| &entry.kind) {
            Some(Kind::File { blob, .. }) => store.read_blob(blob)?,
            _ => Vec::new(),
        };
        Ok(ScaffoldFile { path, mode: 0o644, content: [line.as_bytes(), &text].concat() })
    };
    files.into_iter().map(file).collect()
}

fn path(text: &str) -> Result<TreePath, JobError> {
    TreePath::new(text.as_bytes()).map_err(|why| JobError::Path { path: text.to_owned(), why })
}

/// Where the result is, below the root.
fn output_path(output: &str) -> Result<TreePath, JobError> {
    let parts = output.split('/').filter(|part| !matches!(*part, "" | "."));
    path(&std::iter::once(PLACE).chain(parts).collect::<Vec<_>>().join("/"))
}

/// What was read back, as a tree of its own: nobody's in particular, and of no time.
fn harvest(delta: &Delta, top: &TreePath, output: &str) -> Result<Tree, JobError> {
    let entries: Vec<Entry> =
        delta.entries.iter().map(|entry| settled(entry, top)).collect::<Result<_, _>>()?;
    match entries.len() {
        0 => Err(JobError::NoOutput { path: output.to_owned(), is_there: false }),
        1 => Err(JobError::NoOutput { path: output.to_owned(), is_there: true }),
        _ => Ok(Tree::new(entries)?),
    }
}

fn settled(entry: &Entry, top: &TreePath) -> Result<Entry, JobError> {
    let kind = match &entry.kind {
        Kind::Hardlink(target) => Kind::Hardlink(below(target, top)?),
        Kind::Directory | Kind::File { .. } | Kind::Symlink(_) => entry.kind.clone(),
        Kind::Fifo | Kind::CharDevice { .. } | Kind::BlockDevice { .. } => {
            return Err(JobError::OutputKind { path: below(&entry.path, top)?.to_string() });
        }
    };
    // Whoever it will belong to, no program takes on somebody's rights because commands have said so.
    let mode = entry.meta.mode & 0o777;
    Ok(Entry { path: below(&entry.path, top)?, meta: meta(mode), kind })
}

fn below(path: &TreePath, top: &TreePath) -> Result<TreePath, JobError> {
    let inner = path.as_bytes().strip_prefix(top.as_bytes()).unwrap_or_default();
    let inner = inner.strip_prefix(b"/").unwrap_or(inner);
    TreePath::new(inner).map_err(|why| JobError::Path { path: path.to_string(), why })
}

fn meta(mode: u16) -> Meta {
    Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() }
}

fn directory(path: TreePath) -> Entry {
    Entry { path, meta: meta(0o755), kind: Kind::Directory }
}

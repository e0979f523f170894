//! `source`, `download` and `extract`: files that no package has.

use std::io;

use plc_plan::derivation::{Download, Extract, Role, SourceTree};
use plc_store::{Entry, Kind, Meta, Output, Store, Tree, TreePath};

use super::{Context, JobError};
use crate::{fetch::Reopening, progress::Observer, request::Request, source};

/// The tree that was put into the store when the source was read.
pub(super) fn source(arguments: &SourceTree, store: &Store) -> Result<Output, JobError> {
    // Also when it was damaged since: then reading it fails, and says so.
    store.read_tree(&arguments.tree)?;
    Ok(Output::Tree(arguments.tree))
}

/// Fetches a file into a blob.
pub(super) fn download(
    file: &Download,
    context: &Context<'_>,
    observer: &dyn Observer,
) -> Result<Output, JobError> {
    let writer = || context.store.blob_writer().map_err(io::Error::other);
    let mut sink =
        Reopening::new(writer).map_err(|source| JobError::Io { action: "write a download", source })?;
    let received = |bytes| observer.received(bytes);
    context.source.download(file, &mut sink, &received).map_err(JobError::Download)?;
    let (digest, size) = sink.into_inner().finish()?;
    Ok(Output::Blob { digest, size })
}

/// Makes a tree of a file.
pub(super) fn extract(what: &Extract, request: &Request, store: &Store) -> Result<Output, JobError> {
    let file = request.inputs_as(Role::File).find_map(|input| match input.output {
        Output::Blob { digest, size } => Some((digest, size)),
        Output::Tree(_) => None,
    });
    let (blob, size) = file.ok_or(JobError::Input(Role::File))?;
    let tree = match what {
        Extract::Archive => source::unpack(store.open_blob(&blob)?, size, store)?,
        Extract::File(name) => {
            let path =
                TreePath::new(name.as_bytes()).map_err(|why| JobError::Path { path: name.clone(), why })?;
            let meta = |mode| Meta { mode, uid: 0, gid: 0, mtime: 0, xattrs: Vec::new() };
            Tree::new(vec![
                Entry { path: TreePath::root(), meta: meta(0o755), kind: Kind::Directory },
                Entry { path, meta: meta(0o644), kind: Kind::File { blob, size } },
            ])?
        }
    };
    Ok(Output::Tree(store.put_tree(&tree)?))
}

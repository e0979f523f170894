//! `plc provenance`

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
    path::PathBuf,
};

use plc_build::image::oci;
use plc_plan::{
    LoweredHost,
    provenance::{About, ReadFile, Subject, UNNAMED_BUILDER, statement},
};
use plc_store::{BlobDigest, DerivationHash, Kind, Output, Store, TreeDigest};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    build::Image,
    documents::Wanted,
    plan::{Described, of_description},
};
use crate::{
    Global, Outcome,
    exit::CliError,
    machine::{self, Machine},
    render::Terminal,
    selecting::Selecting,
};

/// Tell what hosts were made from, as in-toto statements with SLSA provenance: the description, the lock, each package.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The description
    #[arg(default_value = "env.pl")]
    file: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
    #[command(flatten)]
    selecting: Selecting,
    /// Of the image in this format, which must be built, instead of the root file system
    #[arg(long, value_enum, value_name = "FORMAT")]
    image: Option<Image>,
    /// A URI for who builds, which those who read the statement know
    #[arg(long, value_name = "URI", default_value = UNNAMED_BUILDER, value_parser = uri)]
    builder: String,
}

/// Something with a scheme.
fn uri(text: &str) -> Result<String, String> {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) && !rest.is_empty() => Ok(text.to_owned()),
        _ => Err("a URI begins with a scheme, as `https://ci.example.org/plc`".into()),
    }
}

pub(super) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Outcome {
    if args.image == Some(Image::Dir) {
        return Err(CliError::user("a directory is no image that could be told apart by a digest")
            .help("leave out `--image`: the statement is about the root file system then"));
    }
    let image = args.image.and_then(Image::format);
    let mut described = of_description(&args.file, &args.selecting, image, global, terminal)?;
    let machine = described.machine.take().map_or_else(|| Machine::open(global), Ok)?;
    let Described { lowered, topology, .. } = &described;
    let files = files(&described);
    args.wanted.put(&lowered.hosts, "intoto.json", terminal, |host| {
        let about = About {
            host: &host.name,
            topology,
            with: &args.selecting.setting.with,
            lock: &described.lock,
            output: image.map_or("root", |format| format.extension()),
            files: files.clone(),
            builder: &args.builder,
            version: env!("CARGO_PKG_VERSION"),
        };
        let made = host.image.as_ref().unwrap_or(&host.root);
        let subject = subject(host, made, about.output, &machine.store)?;
        statement(&lowered.graph, made, &[subject], &about)
            .ok_or_else(|| CliError::build(format!("the graph lacks the host `{}`", host.name)))
    })
}

/// What was read of the project: the description, what it uses besides the standard library, which is the program's, and the
/// lock.
fn files(described: &Described) -> Vec<ReadFile> {
    let file = |name: String, text: &str| ReadFile { name, sha256: hex(&Sha256::digest(text)) };
    let texts = described.project.texts().filter(|source| !source.name.starts_with("std/"));
    let lock = described.project.lock_path();
    let lock = lock.file_name().unwrap_or_default().to_string_lossy().into_owned();
    texts
        .map(|source| file(source.name.clone(), &source.text))
        .chain([file(lock, &described.lock.write())])
        .collect()
}

/// What the store knows of what was made: of an image its digests, of a root file system the derivation, and its tree where it
/// is built.
fn subject(
    host: &LoweredHost,
    made: &DerivationHash,
    output: &str,
    store: &Store,
) -> Result<Subject, CliError> {
    let realised = store.realised(made).map_err(|error| machine::store_error(&error))?;
    let output_is = realised.map(|realisation| realisation.output);
    let mut digests = BTreeMap::from([("plcDerivation", made.to_hex())]);
    if host.image.is_none() {
        if let Some(Output::Tree(tree)) = output_is {
            digests.insert("plcTree", tree.to_hex());
        }
        return Ok(Subject { name: host.name.clone(), digests });
    }
    match output_is {
        Some(Output::Blob { digest, .. }) => {
            digests.insert("sha256", sha256(&digest, store)?);
            digests.insert("blake3", digest.to_hex());
        }
        Some(Output::Tree(layout)) => {
            digests.insert("sha256", manifest(&layout, store)?);
        }
        None => {
            let message = format!("the {output} image of `{}` is not built", host.name);
            return Err(CliError::user(message)
                .help(format!("build it first: `plc build` with the same options, and `--image {output}`")));
        }
    }
    Ok(Subject { name: format!("{}.{output}", host.name), digests })
}

fn sha256(blob: &BlobDigest, store: &Store) -> Result<String, CliError> {
    let from = store.open_blob(blob).map_err(|error| machine::store_error(&error))?;
    let mut from = io::BufReader::with_capacity(1 << 16, from);
    let mut hasher = Sha256::new();
    loop {
        let bytes =
            from.fill_buf().map_err(|error| CliError::build("cannot read the image").because_of(&error))?;
        if bytes.is_empty() {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(bytes);
        let count = bytes.len();
        from.consume(count);
    }
}

/// The digest of an OCI image's manifest, which registries know it by.
fn manifest(layout: &TreeDigest, store: &Store) -> Result<String, CliError> {
    let tree = store.read_tree(layout).map_err(|error| machine::store_error(&error))?;
    let index = tree.entries().iter().find(|entry| entry.path.as_bytes() == oci::INDEX.as_bytes());
    let broken = || CliError::build("the image is no OCI layout");
    let Some(Kind::File { blob, .. }) = index.map(|entry| &entry.kind) else { return Err(broken()) };
    let text = store.read_blob(blob).map_err(|error| machine::store_error(&error))?;
    let index: Value = serde_json::from_slice(&text).map_err(|_| broken())?;
    let digest = index["manifests"][0]["digest"].as_str().and_then(|digest| digest.strip_prefix("sha256:"));
    digest.map(str::to_owned).ok_or_else(broken)
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

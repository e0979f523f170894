//! `plc fmt`

use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use plc_lang::{diag::Diagnostic, source::Sources};

use crate::{
    Outcome,
    exit::{CliError, Exit},
    project::LONGEST_SOURCE,
    render::Terminal,
};

/// Lay descriptions out in the one way there is, in place. What they say does not change.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Descriptions and modules, directories whose `*.pl` are meant, `-` for standard input to standard output
    #[arg(default_value = "env.pl", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing, list the files that would change; exit code 1 when there are such
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Outcome {
    let mut exit = Exit::Done;
    for path in &args.files {
        // Whatever is wrong with one, the others are laid out all the same.
        for done in under(path, args.check, terminal) {
            exit = exit.max(done.unwrap_or_else(|error| {
                terminal.error(&error);
                error.exit()
            }));
        }
    }
    Ok(exit)
}

/// What came of each file that an argument means.
fn under(path: &Path, check: bool, terminal: &Terminal) -> Vec<Outcome> {
    if path == Path::new("-") {
        return vec![standard_input(check, terminal)];
    }
    match files(path) {
        Ok(files) => files.iter().map(|file| one(file, check, terminal)).collect(),
        Err(error) => vec![Err(error)],
    }
}

fn standard_input(check: bool, terminal: &Terminal) -> Outcome {
    let text = read(std::io::stdin().lock(), "standard input")?;
    let formatted = format(&text, "standard input", terminal)?;
    if !check {
        terminal.text(&formatted);
    } else if formatted != text {
        terminal.line("-");
        return Ok(Exit::Difference);
    }
    Ok(Exit::Done)
}

fn one(path: &Path, check: bool, terminal: &Terminal) -> Outcome {
    let shown = path.display().to_string();
    let file = fs::File::open(path).map_err(|error| cannot("read", &shown).because_of(&error))?;
    let text = read(file, &shown)?;
    let formatted = format(&text, &shown, terminal)?;
    if formatted == text {
        return Ok(Exit::Done);
    }
    if check {
        terminal.line(shown);
        return Ok(Exit::Difference);
    }
    replace(path, &formatted)
        .map_err(|error| CliError::build(format!("cannot write `{shown}`")).because_of(&error))?;
    terminal.line(format!("formatted {shown}"));
    Ok(Exit::Done)
}

/// The file itself, or those of a directory, without what is hidden or linked to: `result-PROFILE` leads into the store.
fn files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let shown = path.display();
    let metadata = fs::metadata(path).map_err(|error| {
        let error = cannot("read", &shown.to_string()).because_of(&error);
        error.help("name the description to format, for example `examples/three-tier/env.pl`")
    })?;
    if metadata.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !metadata.is_dir() {
        return Err(CliError::user(format!("`{shown}` is not a regular file")));
    }
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let entries = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    let mut found = Vec::new();
    for entry in entries.filter_entry(|entry| !hidden(entry)) {
        let entry = entry.map_err(|error| cannot("read", &shown.to_string()).because_of(&error))?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "pl")
        {
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

fn cannot(what: &str, shown: &str) -> CliError {
    CliError::user(format!("cannot {what} `{shown}`"))
}

/// The language refuses sources long before this limit, with a better message.
fn read(from: impl Read, shown: &str) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let read = from.take(LONGEST_SOURCE).read_to_end(&mut bytes);
    read.map_err(|error| cannot("read", shown).because_of(&error))?;
    String::from_utf8(bytes).map_err(|_| CliError::user(format!("`{shown}` is not UTF-8")))
}

fn format(text: &str, shown: &str, terminal: &Terminal) -> Result<String, CliError> {
    plc_lang::format(text).map_err(|diagnostics: Vec<Diagnostic>| {
        let mut sources = Sources::default();
        sources.add(shown, text);
        terminal.diagnostics(&diagnostics, &sources, Path::new("."));
        CliError::said()
    })
}

/// Puts a new file in the place of the old one: whoever reads it meanwhile, or after a crash, has one of the two.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // Where the path is a link, what it leads to is replaced.
    let path = path.canonicalize()?;
    let metadata = fs::metadata(&path)?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    let mut new = tempfile::Builder::new().prefix(".plc-fmt-").tempfile_in(directory)?;
    new.write_all(text.as_bytes())?;
    // Root formats the files of others; nobody else may give files away.
    let _ = std::os::unix::fs::fchown(new.as_file(), Some(metadata.uid()), Some(metadata.gid()));
    new.as_file().set_permissions(metadata.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    Ok(())
}

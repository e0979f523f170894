//! Embeds the pages of `spec/errors/`, so that a new page needs no code: writes `pages.rs`, which `src/pages.rs` includes.
#![allow(clippy::print_stdout, reason = "it is how a build script talks to cargo")]

use std::{fmt::Write, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new("../../spec/errors");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let mut code = String::from("const ALL: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        // The text, not its path: no path of the machine that it is built on gets into the program.
        let _ = writeln!(code, "    ({name:?}, {:?}),", fs::read_to_string(&file)?);
    }
    code += "];\n";
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no OUT_DIR"))?;
    fs::write(Path::new(&out).join("pages.rs"), code)
}

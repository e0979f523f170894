//! What a value must look like where it leaves the language: paths, names, lines.

use super::environment::LOOPBACK;
use crate::diag::{Diagnostic, shown};
use crate::source::Span;
use crate::topology::{Endpoint, Health};

/// No line break and no NUL.
pub(super) fn one_line(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'\n' | b'\r' | b'\0'))
}

/// A line break would begin another line of configuration, with whatever the value says next.
pub(super) fn not_one_line(span: Span) -> Diagnostic {
    Diagnostic::error("E0505", span, "this value holds a line break, and stands in one line")
        .help("several lines are a list in `lines [ ]`, or `text`")
        .note("a value with a line break could add settings of its own")
}

/// An absolute path without `.`, `..` or empty parts.
pub(super) fn path(text: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let normal = text.strip_prefix('/').is_some_and(|rest| {
        !rest.is_empty() && rest.split('/').all(|part| !matches!(part, "" | "." | "..") && part.len() <= 255)
    });
    if normal && text.len() < 4096 {
        return Ok(());
    }
    let message = format!("`{}` is not a path in the root file system", shown(text));
    Err(Box::new(
        Diagnostic::error("E0509", span, message)
            .help("write it from `/`, without `.`, `..`, `//` or a `/` at the end"),
    ))
}

/// A Debian package's name (Debian policy, 5.6.1).
pub(super) fn package(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c));
    if first && letters && name.len() >= 2 {
        return Ok(());
    }
    let message = format!("`{}` is not a package's name", shown(name));
    Err(Box::new(
        Diagnostic::error("E0510", span, message).help("lower case letters, digits, `+`, `-` and `.`"),
    ))
}

/// The name of a package with a kernel.
pub(super) fn kernel(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    package(name, span)?;
    if name.starts_with("linux-image-") {
        return Ok(());
    }
    let message = format!("`{}` is not the name of a kernel's package", shown(name));
    let help = "Debian's kernels are in packages whose names begin with `linux-image-`: \
                `linux-image-cloud-amd64`, `linux-image-amd64`";
    Err(Box::new(Diagnostic::error("E0510", span, message).help(help)))
}

/// The name of a question of debconf(7): it stands in a line with what follows it.
pub(super) fn question(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    if name.contains('/') && name.len() <= 255 && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let message = format!("`{}` is not the name of a question", shown(name));
    let help = "as `debconf-show PACKAGE` has it: `postfix/main_mailer_type`";
    Err(Box::new(Diagnostic::error("E0510", span, message).help(help)))
}

/// A Debian package's version (Debian policy, 5.6.12).
pub(super) fn version(text: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let first = text.starts_with(|c: char| c.is_ascii_digit());
    if first && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-~:".contains(c)) {
        return Ok(());
    }
    let message = format!("`{}` is not a package's version", shown(text));
    Err(Box::new(Diagnostic::error("E0510", span, message).help("as `dpkg -l` shows it: `1:11.8-1+deb12u1`")))
}

/// A user's or group's name, as `adduser` accepts it.
pub(super) fn user(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    let letters = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c));
    if first && letters && name.len() <= 32 {
        return Ok(());
    }
    let message = format!("`{}` is not a user's or group's name", shown(name));
    let help = "at most 32 lower case letters, digits, `_` and `-`, beginning with a letter or `_`";
    Err(Box::new(Diagnostic::error("E0510", span, message).help(help)))
}

/// A command begins with the absolute path of its program.
pub(super) fn command(exec: &[String], span: Span) -> Result<(), Box<Diagnostic>> {
    match exec.first() {
        Some(program) if program.starts_with('/') => path(program, span),
        _ => {
            let help = "for example `[\"/usr/sbin/mariadbd\", \"--help\"]`";
            Err(Box::new(
                Diagnostic::error("E0510", span, "a command begins with the absolute path of its program")
                    .help(help),
            ))
        }
    }
}

/// How many bytes of a path and a query every server takes.
const LONGEST_PATH: usize = 2000;

/// The URL of something that an endpoint of the same instance answers over HTTP, as others are told its `url`.
pub(super) fn health(url: &str, provides: &[Endpoint], span: Span) -> Result<Health, Box<Diagnostic>> {
    let path_at = |port: u16| {
        let rest = url.strip_prefix(&format!("http://{LOOPBACK}:{port}"))?;
        match rest.bytes().next() {
            None => Some("/".to_owned()),
            Some(b'/') => Some(rest.to_owned()),
            Some(b'?') => Some(format!("/{rest}")),
            Some(_) => None,
        }
    };
    // What a request holds as it is (RFC 3986); the rest is written with `%`.
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
    let is_sendable = |path: &str| path.len() <= LONGEST_PATH && path.bytes().all(is_letter);
    let found = provides.iter().find_map(|end| Some((end.port, path_at(end.port)?)));
    match found.filter(|(_, path)| is_sendable(path)) {
        Some((port, path)) => Ok(Health { port, path }),
        None => {
            let message = format!("`{}` is nothing that this service answers over HTTP", shown(url));
            let help =
                "a path below the `url` of an endpoint of its component: `health = \"{http.url}/health\"`";
            Err(Box::new(Diagnostic::error("E0510", span, message).help(help)))
        }
    }
}

/// The name of an environment variable.
pub(super) fn variable(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(());
    }
    let message = format!("`{}` is not the name of an environment variable", shown(name));
    let help = "letters, digits and `_`, not beginning with a digit";
    Err(Box::new(Diagnostic::error("E0510", span, message).help(help)))
}

/// A host's or environment's name, which becomes a label of network names (RFC 1123).
pub(super) fn label(name: &str, span: Span) -> Result<(), Box<Diagnostic>> {
    let ends = !name.starts_with('_') && !name.ends_with('_');
    // Leaves room for the number of a replica.
    if ends && name.len() <= 56 {
        return Ok(());
    }
    let message = format!("`{}` cannot be part of a network name", shown(name));
    Err(Box::new(
        Diagnostic::error("E0510", span, message).help("at most 56 letters, and no `_` at either end"),
    ))
}

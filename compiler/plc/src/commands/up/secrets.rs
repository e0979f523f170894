//! Where the values of secrets come from. None of them is written anywhere but those that are made up, which an environment
//! with a state needs again.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    process::{Command, Stdio},
};

use plc_lang::topology::Topology;
use plc_run::{control::Secrets, place::Place};

use crate::{exit::CliError, running::Origin};

/// The directory of an environment with what was made up for it.
const MADE_UP: &str = "secrets";

/// How long a secret is that is made up, in letters of which there are 64: 192 bits.
const LENGTH: usize = 32;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// No secret is longer, in bytes.
const LONGEST: u64 = 1 << 20;

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    File(String),
    Variable(String),
    Command(String),
    /// It is made up once.
    Nowhere,
}

/// Where the secrets of an environment come from.
pub(in crate::commands) struct Sources(BTreeMap<String, From>);

impl Sources {
    /// As the command line says, or said the last time.
    pub(in crate::commands) fn of(
        words: &[String],
        topology: &Topology,
        origin: Option<&Origin>,
    ) -> Result<Self, CliError> {
        let before = origin.map(|origin| origin.secrets.clone()).unwrap_or_default();
        let names = || topology.secrets.iter().map(|secret| &secret.name);
        let mut sources: BTreeMap<String, From> = names()
            .map(|name| {
                let said = before.get(name).and_then(|text| From::parse(text));
                (name.clone(), said.unwrap_or(From::Nowhere))
            })
            .collect();
        for word in words {
            let parsed = word.split_once('=').and_then(|(name, from)| Some((name, From::parse(from)?)));
            let Some((name, from)) = parsed else {
                return Err(CliError::user(format!("`{word}` does not say where a secret comes from")).help(
                    "write it as `--secret NAME=file:PATH`, `NAME=env:VARIABLE` or `NAME=command:COMMAND`",
                ));
            };
            let Some(source) = sources.get_mut(name) else {
                let all: Vec<_> = names().map(|name| format!("`{name}`")).collect();
                let error = CliError::user(format!("the environment has no secret `{name}`"));
                return Err(error.help_if((!all.is_empty()).then(|| format!("it has {}", all.join(", ")))));
            };
            *source = from;
        }
        Ok(Self(sources))
    }

    /// For the next time.
    pub(in crate::commands) fn told(&self) -> BTreeMap<String, String> {
        let told = self.0.iter().filter_map(|(name, from)| Some((name.clone(), from.told()?)));
        told.collect()
    }

    /// The values.
    pub(in crate::commands) fn values(&self, place: &Place) -> Result<Secrets, CliError> {
        let mut secrets = Secrets::default();
        for (name, from) in &self.0 {
            let value = from.value(name, place).map_err(|error| {
                let whence = from.told().unwrap_or_else(|| "what was made up for it".into());
                CliError::user(format!("the secret `{name}` cannot be had from {whence}")).because_of(&error)
            })?;
            secrets.insert(name.clone(), value);
        }
        Ok(secrets)
    }
}

impl From {
    fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        if rest.is_empty() {
            return None;
        }
        Some(match kind {
            "file" => Self::File(std::path::absolute(rest).ok()?.to_str()?.to_owned()),
            "env" => Self::Variable(rest.to_owned()),
            "command" => Self::Command(rest.to_owned()),
            _ => return None,
        })
    }

    fn told(&self) -> Option<String> {
        match self {
            Self::File(path) => Some(format!("file:{path}")),
            Self::Variable(name) => Some(format!("env:{name}")),
            Self::Command(command) => Some(format!("command:{command}")),
            Self::Nowhere => None,
        }
    }

    /// The value, without the end of a line that files and programs put behind it.
    fn value(&self, name: &str, place: &Place) -> io::Result<Vec<u8>> {
        let mut value = Vec::new();
        match self {
            Self::File(path) => {
                File::open(path)?.take(LONGEST).read_to_end(&mut value)?;
            }
            Self::Variable(variable) => {
                use std::os::unix::ffi::OsStringExt;
                let found = std::env::var_os(variable);
                let missing = || io::Error::new(io::ErrorKind::NotFound, "it is not set");
                return found.map(OsStringExt::into_vec).ok_or_else(missing);
            }
            Self::Command(command) => {
                let output = Command::new("/bin/sh")
                    .args(["-c", command])
                    .stdin(Stdio::null())
                    .stderr(Stdio::inherit())
                    .output()?;
                if !output.status.success() {
                    return Err(io::Error::other(format!("it ended with {}", output.status)));
                }
                value = output.stdout;
            }
            Self::Nowhere => return made_up(name, place),
        }
        if value.ends_with(b"\n") {
            value.pop();
        }
        Ok(value)
    }
}

/// What was made up for an environment, or is now.
fn made_up(name: &str, place: &Place) -> io::Result<Vec<u8>> {
    let directory = place.path().join(MADE_UP);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    let path = directory.join(name);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut random = [0; LENGTH];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let value: Vec<u8> = random.iter().map(|byte| LETTERS[usize::from(byte % 64)]).collect();
    // Whole or not at all: half of one would be taken for another the next time.
    let fresh = directory.join(format!(".{name}.{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(&value)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_said_in_one_word() {
        assert_eq!(From::parse("env:TOKEN"), Some(From::Variable("TOKEN".into())));
        assert_eq!(From::parse("command:pass show a:b"), Some(From::Command("pass show a:b".into())));
        assert_eq!(From::parse("file:/x"), Some(From::File("/x".into())));
        for word in ["", "x", "env:", "http://x", "file"] {
            assert_eq!(From::parse(word), None, "{word}");
        }
    }
}

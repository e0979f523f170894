//! Runs `git` so that it does the same for everybody.
//!
//! Nothing of the user's environment reaches it but where programs and the network are, and how to be let in there:
//! `PATH`, the proxies, certificates, and the SSH agent. Its only settings are ours: its `HOME` is a directory of the
//! cache with a `.gitconfig`, which the processes that it starts read too.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::super::error::{ImportError, Imported};

/// What `git` is told. Ownership counts for nothing, since nothing that an owner could have set is heeded: a container's
/// root reads checkouts of others every day.
const SETTINGS: &str = "\
[safe]
	directory = *
[protocol]
	version = 2
[core]
	hooksPath = /dev/null
	fsmonitor = false
	quotePath = false
[credential]
	helper =
[gc]
	auto = 0
[maintenance]
	auto = false
[fetch]
	recurseSubmodules = false
[http]
	followRedirects = initial
	lowSpeedLimit = 1000
	lowSpeedTime = 30
";

/// Variables that say how to get somewhere, and nothing about what is there.
const HANDED_ON: [&str; 11] = [
    "PATH",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "no_proxy",
    "NO_PROXY",
];

/// The longest text that is taken from `git`, in bytes.
const LONGEST: u64 = 256 << 20;

/// The program, for one repository.
pub(super) struct Git<'a> {
    /// The repository, for messages.
    name: &'a str,
    home: PathBuf,
}

impl<'a> Git<'a> {
    /// Makes the directory that `git` takes for the user's.
    pub(super) fn new(name: &'a str, cache: &Path) -> Imported<Self> {
        let home = cache.join("home");
        let settings = home.join(".gitconfig");
        let written = || -> io::Result<()> {
            fs::create_dir_all(&home)?;
            if fs::read(&settings).is_ok_and(|found| found == SETTINGS.as_bytes()) {
                return Ok(());
            }
            let fresh = home.join(format!(".gitconfig.{}", std::process::id()));
            fs::write(&fresh, SETTINGS)?;
            fs::rename(&fresh, &settings)
        };
        written().map_err(|source| ImportError::Io { path: settings.display().to_string(), source })?;
        Ok(Self { name, home })
    }

    fn command(&self, repository: Option<&Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.env_clear().current_dir(&self.home);
        for name in HANDED_ON {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        for (name, value) in [
            ("LC_ALL", "C.UTF-8"),
            ("TZ", "UTC"),
            ("TERM", "dumb"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            // Of a partial clone, only what is there.
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            // Comes before every setting, those of the repository that is read included.
            ("GIT_ALLOW_PROTOCOL", "file:https:ssh"),
            ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=20"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", &self.home).env("XDG_CONFIG_HOME", &self.home);
        // The store may lie in a work tree, whose settings are none of ours.
        command.env("GIT_CEILING_DIRECTORIES", self.home.parent().unwrap_or(&self.home));
        if let Some(repository) = repository {
            command.arg("--git-dir").arg(repository);
        }
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What it prints, when it succeeds.
    pub(super) fn text(&self, repository: Option<&Path>, arguments: &[&str]) -> Imported<String> {
        let bytes = self.bytes(repository, arguments)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What it prints, when it succeeds.
    pub(super) fn bytes(&self, repository: Option<&Path>, arguments: &[&str]) -> Imported<Vec<u8>> {
        let (succeeded, out, said) = self.run(repository, arguments)?;
        if succeeded { Ok(out) } else { Err(self.failed(&said)) }
    }

    /// Whether it succeeds.
    pub(super) fn succeeds(&self, repository: &Path, arguments: &[&str]) -> Imported<bool> {
        Ok(self.run(Some(repository), arguments)?.0)
    }

    fn run(&self, repository: Option<&Path>, arguments: &[&str]) -> Imported<(bool, Vec<u8>, String)> {
        let mut child = self.started(self.command(repository, arguments).spawn())?;
        // It may fill either pipe while the other is read.
        let errors = child.stderr.take();
        let errors = std::thread::spawn(move || read(errors));
        let out = read(child.stdout.take());
        let said = errors.join().unwrap_or_else(|_| Ok(Vec::new()));
        let status = child.wait().map_err(|error| self.failed(&error.to_string()))?;
        let out = out.map_err(|error| self.failed(&error.to_string()))?;
        Ok((status.success(), out, String::from_utf8_lossy(&said.unwrap_or_default()).into_owned()))
    }

    /// Starts it with pipes for its input and output; what it complains of comes to nobody.
    pub(super) fn start(&self, repository: &Path, arguments: &[&str]) -> Imported<Child> {
        let mut command = self.command(Some(repository), arguments);
        self.started(command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn())
    }

    fn started(&self, child: io::Result<Child>) -> Imported<Child> {
        child.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ImportError::NoGit { repository: self.name.to_owned() },
            _ => self.failed(&error.to_string()),
        })
    }

    /// The repository, as written.
    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// An error with what `git` said, without its own marks.
    pub(super) fn failed(&self, said: &str) -> ImportError {
        let lines = said.lines().map(|line| line.trim_start_matches("fatal: ").trim_start_matches("error: "));
        let lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).take(4).collect();
        let said = if lines.is_empty() { "`git` does not say why".to_owned() } else { lines.join("; ") };
        ImportError::Git { repository: self.name.to_owned(), said }
    }
}

fn read(from: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(LONGEST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

//! apt itself, with a configuration and a database of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

/// An apt that knows some suites and has nothing installed but what it is told.
pub(super) struct Apt {
    root: TempDir,
}

impl Apt {
    /// With the indices of suites from the mirror that this machine's own apt uses.
    pub(super) fn new(suites: &[&str]) -> Self {
        let apt = Self { root: tempfile::tempdir().unwrap() };
        for directory in [
            "etc/apt/preferences.d",
            "etc/apt/apt.conf.d",
            "var/lib/apt/lists/partial",
            "var/cache/apt/archives/partial",
            "var/lib/dpkg",
            "var/log/apt",
        ] {
            fs::create_dir_all(apt.root.path().join(directory)).unwrap();
        }
        let mirror = main_mirror();
        let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let line = |suite: &&str| format!("deb [signed-by={keyring}] {mirror} {suite} main\n");
        apt.put("etc/apt/sources.list", &suites.iter().map(line).collect::<String>());
        let root = apt.root.path().display();
        let configuration = format!(
            "Dir \"{root}/\";\nDir::State::status \"{root}/var/lib/dpkg/status\";\nAPT::Architecture \"amd64\";\n\
             APT::Architectures {{ \"amd64\"; }};\nAPT::Sandbox::User \"root\";\nAcquire::Languages \"none\";\n\
             APT::Install-Recommends \"false\";\n"
        );
        apt.put("apt.conf", &configuration);
        apt.put("var/lib/dpkg/status", "");
        let updated = apt.run("apt-get", &["update", "-q"]);
        assert!(updated.status.success(), "{updated:?}");
        apt
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.root.path().join(name), text).unwrap();
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).env("APT_CONFIG", self.root.path().join("apt.conf")).env("LC_ALL", "C");
        command.output().unwrap()
    }

    /// Has these packages installed.
    fn install(&self, packages: &BTreeMap<String, String>) {
        let names: Vec<String> = packages.iter().map(|(name, version)| format!("{name}={version}")).collect();
        let mut arguments = vec!["show", "-q"];
        arguments.extend(names.iter().map(String::as_str));
        let shown = self.run("apt-cache", &arguments);
        let text = String::from_utf8(shown.stdout).unwrap();
        assert_eq!(text.matches("\nVersion: ").count(), packages.len(), "apt has all packages");
        let installed =
            |stanza: &str| format!("Status: install ok installed\n{}\n\n", stanza.trim_matches('\n'));
        let stanzas = text.split("\n\n").filter(|stanza| !stanza.trim().is_empty());
        self.put("var/lib/dpkg/status", &stanzas.map(installed).collect::<String>());
    }

    /// The packages that it would install or change to have some in another suite's version.
    pub(super) fn would_change(
        &self,
        installed: &BTreeMap<String, String>,
        suite: &str,
        packages: &[&str],
    ) -> BTreeSet<String> {
        self.install(installed);
        let mut arguments = vec!["-s", "-y", "--allow-downgrades", "-t", suite, "install"];
        let named: Vec<String> = packages.iter().map(|package| format!("{package}/{suite}")).collect();
        arguments.extend(named.iter().map(String::as_str));
        let said = self.run("apt-get", &arguments);
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success(), "{text}");
        let changed = text.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
        changed.map(str::to_owned).collect()
    }

    /// Has nothing to say against these packages being installed together.
    pub(super) fn check(&self, installed: &BTreeMap<String, String>) {
        self.install(installed);
        let said = self.run("apt-get", &["check"]);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}

/// The mirror of Debian's main archive that this machine's apt uses.
fn main_mirror() -> String {
    let printed =
        Command::new("apt-get").args(["indextargets", "--format", "$(SITE) $(RELEASE)"]).output().unwrap();
    let text = String::from_utf8(printed.stdout).unwrap();
    let line = text.lines().find(|line| line.split(' ').nth(1) == Some("bookworm"));
    line.expect("apt knows bookworm").split(' ').next().unwrap().to_owned()
}

//! The offenders, each with what happens to it and why.

/// What happens to something that the scripts have made or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Goes, with everything below.
    Remove,
    /// Goes unless it is a directory.
    RemoveFiles,
    /// Stays as an empty file.
    Empty,
    /// Becomes again what it was before the scripts ran, or goes.
    Restore,
    /// Goes when it is a symbolic link with this target.
    RemoveLinksTo(&'static str),
    /// Stays as it is.
    Keep,
    /// Gets its lines sorted, each once.
    SortLines,
    /// Gets its lines sorted, each once, without checksums of files that are gone.
    SortHashes,
    /// Gets the directories of a listing sorted, and the names in each.
    SortListing,
    /// Gets the entries of each menu of Info sorted.
    SortMenus,
    /// A Java key store: gets the epoch as the time of each certificate.
    KeyStore,
    /// A hash table of Berkeley DB: gets an id that comes from its name, and the epoch as the time at which it was made.
    HashTable,
    /// A constant database: gets the epoch as the time at which it was made.
    ConstantDatabase,
    /// Gets the epoch's day as the day of the last change in lines that are new.
    DayOfEpoch,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The path, relative, with `*` for any part of a name and a final `**` for everything below.
    pub path: &'static str,
    /// What happens.
    pub action: Action,
    /// Why.
    pub reason: &'static str,
}

const fn rule(path: &'static str, action: Action, reason: &'static str) -> Rule {
    Rule { path, action, reason }
}

/// What editors of shared files leave beside them.
const EARLIER: &str = "the file before its last change: a history of the build";

/// What each machine has for itself.
const STATE: &str = "random and secret: state, made at first boot";

/// Logs.
const HISTORY: &str = "a history of the build, with times";

/// The first rule that means a path decides.
pub const RULES: &[Rule] = &[
    rule("dev/**", Action::Restore, "the sandbox's devices are not the root file system's"),
    rule("proc/**", Action::Restore, "the sandbox's kernel is not the root file system's"),
    rule("sys/**", Action::Restore, "the sandbox's kernel is not the root file system's"),
    rule("run/lock", Action::Keep, "every boot has it, and programs expect it: `/var/lock` leads there"),
    rule(
        "run/**",
        Action::Restore,
        "holds what is true until the next boot; systemd-tmpfiles and services make it",
    ),
    rule("tmp/**", Action::Restore, "left over from scripts"),
    rule("var/tmp/**", Action::Restore, "left over from scripts"),
    rule("etc/hostname", Action::Restore, "the builder's name, if anything"),
    rule("etc/hosts", Action::Restore, "the builder's network, if anything"),
    rule("etc/resolv.conf", Action::Restore, "the builder's network, if anything"),
    rule("usr/sbin/policy-rc.d", Action::Restore, "keeps services from starting while scripts run"),
    rule("var/cache/plc/**", Action::Restore, "packages on their way to dpkg, and what else scripts need"),
    rule("var/cache/plc", Action::Restore, "packages on their way to dpkg, and what else scripts need"),
    rule("etc/mailname", Action::Remove, "the builder's domain; a description that sends mail has its own"),
    rule("etc/machine-id", Action::Empty, "one for each machine: an empty one is filled at first boot"),
    rule("var/lib/dbus/machine-id", Action::Remove, "one for each machine: made at first boot"),
    rule("etc/ssh/ssh_host_*_key", Action::Remove, STATE),
    rule("etc/ssh/ssh_host_*_key.pub", Action::Remove, "goes with the secret key"),
    rule("etc/bind/rndc.key", Action::Remove, STATE),
    rule("etc/varnish/secret", Action::Remove, STATE),
    rule("etc/ssl/private/ssl-cert-snakeoil.key", Action::Remove, STATE),
    rule("etc/ssl/certs/ssl-cert-snakeoil.pem", Action::Remove, "goes with the secret key"),
    rule(
        "etc/ssl/certs/*",
        Action::RemoveLinksTo("ssl-cert-snakeoil.pem"),
        "named by the hash of a certificate that is gone",
    ),
    rule("var/lib/mariadb/**", Action::Remove, "random identities and times: state, made at first boot"),
    rule("var/lib/mysql/**", Action::Remove, "random identities and times: state, made at first boot"),
    rule(
        "var/lib/postgresql/*/*/**",
        Action::Remove,
        "a random identity and times: state, made at first boot",
    ),
    rule("etc/ldap/slapd.d/**", Action::Remove, "random identities, times and a random password: state"),
    rule("var/lib/ldap/**", Action::Remove, "goes with the configuration of the directory"),
    rule("var/lib/rabbitmq/.erlang.cookie", Action::Remove, "random and secret: state, made at first start"),
    rule(
        "etc/mailman3/mailman.cfg",
        Action::Remove,
        "holds a random password; a description that runs it has its own",
    ),
    rule("var/lib/ucf/cache/:etc:mailman3:mailman.cfg", Action::Remove, "holds the same password"),
    rule("var/lib/varnish/*", Action::Remove, "has the name of the builder; varnish makes its own"),
    rule("var/lib/systemd/random-seed", Action::Remove, "random and secret: state"),
    rule("var/lib/systemd/credential.secret", Action::Remove, "random and secret: state"),
    rule("var/lib/urandom/random-seed", Action::Remove, "random and secret: state"),
    rule("etc/shadow", Action::DayOfEpoch, "holds the day on which each account was made"),
    rule("etc/passwd-", Action::Remove, EARLIER),
    rule("etc/shadow-", Action::Remove, EARLIER),
    rule("etc/group-", Action::Remove, EARLIER),
    rule("etc/gshadow-", Action::Remove, EARLIER),
    rule("etc/subuid-", Action::Remove, EARLIER),
    rule("etc/subgid-", Action::Remove, EARLIER),
    rule("var/lib/dpkg/*-old", Action::Remove, EARLIER),
    rule("var/lib/dpkg/triggers/*-old", Action::Remove, EARLIER),
    rule("var/cache/debconf/*-old", Action::Remove, EARLIER),
    rule("etc/xml/*.old", Action::Remove, EARLIER),
    rule("etc/sgml/*.old", Action::Remove, EARLIER),
    rule("var/lib/sgml-base/*.old", Action::Remove, EARLIER),
    rule("usr/share/info/dir.old", Action::Remove, EARLIER),
    rule("var/lib/ucf/hashfile", Action::SortHashes, "lines in the order in which scripts have run"),
    rule("var/lib/ucf/registry", Action::SortLines, "lines in the order in which scripts have run"),
    rule(
        "var/lib/ucf/hashfile.*",
        Action::Remove,
        "the file before its last changes: a history of the build",
    ),
    rule(
        "var/lib/ucf/registry.*",
        Action::Remove,
        "the file before its last changes: a history of the build",
    ),
    rule(
        "var/cache/ldconfig/aux-cache",
        Action::Remove,
        "inode numbers and times of this machine; ldconfig makes it",
    ),
    rule("var/cache/apt/*.bin", Action::Remove, "times and paths as apt found them; apt makes them"),
    rule(
        "var/cache/fontconfig/**",
        Action::RemoveFiles,
        "times of directories as they were here; fontconfig makes it",
    ),
    rule(
        "var/cache/man/**",
        Action::RemoveFiles,
        "an index with the times of pages as they were here; man-db makes it",
    ),
    rule(
        "usr/share/info/dir",
        Action::SortMenus,
        "equal ones in the order in which a directory happens to be read",
    ),
    rule("etc/ssl/certs/java/cacerts", Action::KeyStore, "the times at which each was added"),
    rule("etc/aliases.db", Action::HashTable, "a random id, and the time at which it was made"),
    rule("etc/aliases.cdb", Action::ConstantDatabase, "the time at which it was made"),
    rule("var/lib/texmf/ls-R", Action::SortListing, "in the order in which a directory happens to be read"),
    rule(
        "var/lib/texmf/web2c/*/*.fmt",
        Action::Remove,
        "holds addresses of memory and the time; TeX makes it at first use",
    ),
    rule("var/lib/texmf/web2c/*.log", Action::Empty, HISTORY),
    rule("var/lib/texmf/web2c/*/*.log", Action::Empty, HISTORY),
    rule("var/lib/apt/lists/**", Action::RemoveFiles, "what an archive offered once"),
    rule("var/log/alternatives.log", Action::Remove, HISTORY),
    rule("var/log/dpkg.log", Action::Remove, HISTORY),
    rule("var/log/bootstrap.log", Action::Remove, HISTORY),
    rule("var/log/fontconfig.log", Action::Remove, HISTORY),
    rule("var/log/apt/**", Action::RemoveFiles, HISTORY),
    rule(
        "var/log/**",
        Action::Empty,
        "a history of the build; the file stays, since its owner and mode are what its service writes with",
    ),
];

/// The rules as the table of `spec/rootfs.md`.
pub fn markdown() -> String {
    let mut text = "| path | what happens | why |\n|---|---|---|\n".to_owned();
    for rule in RULES {
        text.push_str(&format!("| `/{}` | {} | {} |\n", rule.path, words(rule.action), rule.reason));
    }
    text
}

fn words(action: Action) -> String {
    match action {
        Action::Remove => "removed".to_owned(),
        Action::RemoveFiles => "files removed, directories kept".to_owned(),
        Action::Empty => "emptied".to_owned(),
        Action::Restore => "as before the scripts".to_owned(),
        Action::Keep => "kept".to_owned(),
        Action::RemoveLinksTo(target) => format!("removed when it is a link to `{target}`"),
        Action::SortLines => "lines sorted".to_owned(),
        Action::SortHashes => "lines sorted, without those of files that are gone".to_owned(),
        Action::SortListing => "directories and names sorted".to_owned(),
        Action::SortMenus => "entries of each menu sorted".to_owned(),
        Action::KeyStore => "times of its certificates set".to_owned(),
        Action::HashTable => "id and time set".to_owned(),
        Action::ConstantDatabase => "time set".to_owned(),
        Action::DayOfEpoch => "day of the last change set".to_owned(),
    }
}

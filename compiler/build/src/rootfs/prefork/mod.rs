//! Perl programs that scripts start again and again are forked from one process that has loaded their modules, which takes most of
//! their time. While steps run, a small program stands in for each; wherever it cannot have the program run elsewhere just as it would
//! run, it runs it itself.

use plc_store::{BlobDigest, Kind, Store};

use super::{
    RootfsError,
    draft::{Draft, fixed},
    live,
};
use crate::sandbox::{Delta, ScaffoldFile};

/// debconf(7), which a script runs within and `ucf` starts for each file; and what debhelper's scripts and Apache's modules start.
const PROGRAMS: [&str; 3] = ["usr/share/debconf/frontend", "usr/bin/deb-systemd-helper", "usr/sbin/a2enmod"];

/// What the programs load, and what that loads for what it finds set here.
const MODULES: [&str; 20] = [
    "Debconf::Db",
    "Debconf::Template",
    "Debconf::AutoSelect",
    "Debconf::Log",
    "Debconf::FrontEnd::Noninteractive",
    "Debconf::DbDriver::File",
    "Debconf::DbDriver::Stack",
    "Debconf::Iterator",
    "Debconf::Element::Noninteractive::Boolean",
    "Debconf::Element::Noninteractive::Select",
    "Debconf::Element::Noninteractive::String",
    "Cwd",
    "File::Spec",
    "File::Path",
    "File::Basename",
    "File::Temp",
    "File::Glob",
    "Getopt::Long",
    "Data::Dumper",
    "bytes",
];

const CLIENT: &str = include_str!("client.pl");
const SERVER: &str = include_str!("server.pl");
const COMMON: &str = include_str!("common.pl");

/// The numbers of sendmsg(2) and recvmsg(2): Perl's smallest system has no module for them.
#[derive(Clone, Copy)]
pub(super) struct Calls {
    send: u32,
    receive: u32,
}

impl Calls {
    /// None where programs run as usual.
    pub(super) fn of(architecture: &str) -> Option<Self> {
        (architecture == "amd64").then_some(Self { send: 46, receive: 47 })
    }

    /// What stands in for the program at a path.
    pub(super) fn client(self, program: &str, server: &str) -> String {
        let text = [CLIENT, COMMON].concat().replace("@PROGRAM@", program);
        text.replace("@SERVER@", server).replace("@SENDMSG@", &self.send.to_string())
    }

    /// What has loaded the modules.
    pub(super) fn server(self) -> String {
        let text = [SERVER, COMMON].concat().replace("@MODULES@", &MODULES.join(" "));
        text.replace("@RECVMSG@", &self.receive.to_string())
    }
}

/// What lies over programs while steps run.
pub(super) struct StandIns {
    /// The files, and what these need.
    pub(super) scaffold: Vec<ScaffoldFile>,
    /// What each of the clients stands in for.
    programs: Vec<(BlobDigest, Kind)>,
}

impl StandIns {
    /// Those for the programs of an unpacked root file system.
    pub(super) fn of(store: &Store, unpacked: &Draft, architecture: &str) -> Result<Self, RootfsError> {
        let mut all = Self { scaffold: Vec::new(), programs: Vec::new() };
        let Some(calls) = Calls::of(architecture) else { return Ok(all) };
        let place = |name: &str| format!("{}/.prefork/{name}", live::DIRECTORY);
        let server = place("server");
        for program in PROGRAMS {
            let path = fixed(program);
            let Some(Kind::File { blob, size }) = unpacked.get(&path).map(|node| &node.kind) else {
                continue;
            };
            let content = store.read_blob(blob)?;
            // With other options perl would be another one than the server's.
            if !["#!/usr/bin/perl\n", "#!/usr/bin/perl -w\n"]
                .iter()
                .any(|start| content.starts_with(start.as_bytes()))
            {
                continue;
            }
            let kept = place(program);
            let client = calls.client(&format!("/{kept}"), &format!("/{server}")).into_bytes();
            all.programs.push((
                BlobDigest::from_bytes(*blake3::hash(&client).as_bytes()),
                Kind::File { blob: *blob, size: *size },
            ));
            all.scaffold.push(ScaffoldFile { path: fixed(&kept), mode: 0o755, content });
            all.scaffold.push(ScaffoldFile { path, mode: 0o755, content: client });
        }
        if !all.scaffold.is_empty() {
            let content = calls.server().into_bytes();
            all.scaffold.push(ScaffoldFile { path: fixed(&server), mode: 0o644, content });
        }
        Ok(all)
    }

    /// Puts programs where steps have moved or copied what stands in for them.
    pub(super) fn put_back(&self, delta: &mut Delta) {
        for entry in &mut delta.entries {
            let Kind::File { blob, .. } = &entry.kind else { continue };
            if let Some((_, program)) = self.programs.iter().find(|(client, _)| client == blob) {
                entry.kind = program.clone();
            }
        }
    }
}

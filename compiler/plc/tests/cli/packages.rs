//! Packages whose maintainer scripts do what makes root file systems differ, and what only dpkg's order gets right.

use crate::{
    archive::{Package, deb::Content},
    fixture::{architecture, find, libraries_of},
};

/// All of them, and those that the solver must not take.
pub(crate) fn all() -> Vec<Package> {
    let mut packages = vec![web_server(), web_common(), libtiny(), app(), keeper()];
    packages.extend(mail());
    packages.extend(diversion());
    packages.extend(alternatives());
    packages.extend(triggers());
    packages.push(dice());
    packages.push(clock());
    packages.push(namesake());
    packages.push(failing());
    packages.push(site_maker());
    packages.push(server());
    packages
}

/// Makes a user, and everything that differs from machine to machine and from day to day.
fn web_server() -> Package {
    let postinst = r#"#!/bin/sh
set -e
[ "$1" = configure ] || exit 0
if ! grep -q '^web:' /etc/passwd; then
    echo 'web:x:100:100::/var/lib/web:/bin/false' >> /etc/passwd
    echo 'web:x:100:' >> /etc/group
    cp -p /etc/shadow /etc/shadow-
    echo "web:!:$(($(date +%s) / 86400)):0:99999:7:::" >> /etc/shadow
fi

# What only this machine and this day have.
mkdir -p /var/log/web /var/cache/ldconfig /etc/ssh /var/lib/systemd
echo "$(date) installed on $(cat /proc/sys/kernel/hostname)" > /var/log/web/install.log
chown web:web /var/log/web/install.log
chmod 640 /var/log/web/install.log
head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' > /etc/machine-id
head -c 32 /dev/urandom > /etc/ssh/ssh_host_tiny_key
head -c 32 /dev/urandom > /etc/ssh/ssh_host_tiny_key.pub
head -c 32 /dev/urandom > /var/lib/systemd/random-seed
date > /tmp/when
date > /var/tmp/when
date > /run/when
touch /usr/lib/web/made-now
date -u -d "@$SOURCE_DATE_EPOCH" > /usr/lib/web/made-at

# What a script may count on.
[ -r /proc/self/status ]
echo nothing > /dev/null
[ "$(id -u):$(id -g)" = 0:0 ]
[ "$HOME" = /root ]
[ -z "$TZ" ]
[ "$(umask)" = 0022 ]
[ -z "$PLC_STORE$FROM_OUTSIDE" ]

# What it must not find: a way out, and the machine's own files.
[ "$(cat /proc/net/route | wc -l)" -le 1 ] || { echo 'there is a route out'; exit 1; }
[ ! -e "HERE" ] || { echo 'the files of the machine are here'; exit 1; }
for name in /proc/[0-9]*; do
    [ "${name#/proc/}" -lt 10000 ] || { echo "processes of the machine are here: $name"; exit 1; }
done

if [ -z "$(dpkg-statoverride --list /usr/lib/web/spool)" ]; then
    dpkg-statoverride --update --add root web 2750 /usr/lib/web/spool
fi
chmod 4755 /usr/lib/web/suid-by-script
"#;
    let here = env!("CARGO_MANIFEST_DIR");
    Package::new("web-server", "2.4.1-1")
        .architecture(architecture())
        .depends("web-common (>= 2.4), cgi-absent | cgi-present, mail-transport (>= 2), libtiny1 (= 1:1.2-3)")
        .file("/usr/sbin/web-server", 0o755, "#!/bin/sh\ngrep -q '^port *= *80$' /etc/web/web.conf\n")
        .file("/usr/lib/web/suid", 0o4755, "#!/bin/sh\n")
        .file("/usr/lib/web/suid-by-script", 0o755, "#!/bin/sh\n")
        .owned("/usr/lib/web/sgid", 0o2755, (0, 42), Content::File(b"#!/bin/sh\n".to_vec()))
        .file("/usr/lib/web/nobody", 0o000, "nobody reads this\n")
        .directory("/usr/lib/web/spool", 0o755)
        .directory("/usr/lib/web/closed", 0o000)
        .file("/usr/lib/web/na\u{f7ef}ve", 0o644, "a name in Latin-1\n")
        .script("postinst", &postinst.replace("HERE", here))
}

/// Configuration files, one of which the description writes too.
fn web_common() -> Package {
    Package::new("web-common", "2.4.1-1")
        .file("/etc/web/web.conf", 0o644, "greeting = none\n")
        .file("/etc/web/mime.types", 0o644, "text/html html\n")
        .member("conffiles", "/etc/web/web.conf\n/etc/web/mime.types\n")
}

/// The same library of several architectures may be installed together, so dpkg names its files by the architecture.
fn libtiny() -> Package {
    Package::new("libtiny1", "1:1.2-3")
        .architecture(architecture())
        .field("Multi-Arch", "same")
        .file("/usr/lib/libtiny.so.1.2", 0o644, "not really\n")
        .symlink("/usr/lib/libtiny.so.1", "libtiny.so.1.2")
        .hardlink("/usr/lib/libtiny-copy.so.1.2", "/usr/lib/libtiny.so.1.2")
        .member("triggers", "activate-noawait ldconfig\n")
        .script("postinst", "#!/bin/sh\nset -e\n[ \"$DPKG_MAINTSCRIPT_PACKAGE\" = libtiny1 ]\n")
}

/// A virtual package in two versions: only one will do, and the other conflicts with it. And an alternative whose first
/// is not to be had.
fn mail() -> Vec<Package> {
    vec![
        Package::new("old-mta", "9.0")
            .field("Provides", "mail-transport (= 1.0)")
            .field("Priority", "important"),
        Package::new("tiny-mta", "1.0")
            .field("Provides", "mail-transport (= 2.1)")
            .field("Conflicts", "old-mta")
            .script("postinst", MAIL),
        Package::new("cgi-present", "1.0").file("/usr/lib/cgi-bin/hello", 0o755, "#!/bin/sh\necho hello\n"),
    ]
}

/// Puts a directory where the base has a symbolic link, and a link where the base has a directory.
const MAIL: &str = r#"#!/bin/sh
set -e
[ -L /var/spool/mail ]
rm /var/spool/mail
mkdir /var/spool/mail
chown root:mail /var/spool/mail
chmod 2775 /var/spool/mail
echo welcome > /var/spool/mail/root
mkdir -p /var/mail
rmdir /mnt
ln -s run /mnt
"#;

/// Takes another package's program away before it is unpacked itself.
fn diversion() -> Vec<Package> {
    let preinst = r"#!/bin/sh
set -e
if [ install = $1 ]; then
    dpkg-divert --package better-tool --add --rename --divert /usr/bin/tool.plain /usr/bin/tool
fi
";
    vec![
        Package::new("tool", "1.0").file("/usr/bin/tool", 0o755, "#!/bin/sh\necho plain\n"),
        Package::new("better-tool", "1.0")
            .field("Pre-Depends", "tool")
            .file("/usr/bin/tool", 0o755, "#!/bin/sh\necho better\n")
            .script("preinst", preinst)
            .script(
                "postinst",
                "#!/bin/sh\nset -e\n[ \"$(tool)\" = better ]\n[ \"$(tool.plain)\" = plain ]\n",
            ),
    ]
}

/// Two programs for one name.
fn alternatives() -> Vec<Package> {
    let package = |name: &str, priority: u32| {
        let install = format!(
            "#!/bin/sh\nset -e\nupdate-alternatives --install /usr/bin/editor editor /usr/bin/{name} {priority}\n"
        );
        Package::new(name, "1.0")
            .file(&format!("/usr/bin/{name}"), 0o755, format!("#!/bin/sh\necho {name}\n"))
            .script("postinst", &install)
    };
    vec![package("small-editor", 10), package("large-editor", 50)]
}

/// Needs all of that, and packages that tell one another when there is something to do.
fn app() -> Package {
    Package::new("app", "3.1").depends("better-tool, small-editor, large-editor, indexer").file(
        "/usr/bin/app",
        0o755,
        APP,
    )
}

const APP: &str = r#"#!/bin/sh
set -e
[ "$(tool)" = better ]
[ "$(editor)" = large-editor ]
[ "$(cat /var/lib/indexer/files)" = "a b" ]
[ "$(cat /var/lib/indexer/asked)" = yes ]
grep -q threads /etc/app.json
"#;

fn triggers() -> Vec<Package> {
    let postinst = r#"#!/bin/sh
set -e
mkdir -p /var/lib/indexer
if [ "$1" = triggered ]; then
    for name in $2; do
        case "$name" in
            /usr/share/index) (cd /usr/share/index && echo *) > /var/lib/indexer/files ;;
            indexer-ask) echo yes > /var/lib/indexer/asked ;;
        esac
    done
fi
"#;
    let asks = "#!/bin/sh\nset -e\ndpkg-trigger --no-await indexer-ask\n";
    vec![
        // In the base, so that what a host adds tells a package that is installed already.
        Package::new("indexer", "1.0")
            .field("Priority", "required")
            .script("postinst", postinst)
            .member("triggers", "interest-noawait /usr/share/index\ninterest indexer-ask\n"),
        Package::new("plugin-a", "1.0")
            .depends("indexer")
            .file("/usr/share/index/a", 0o644, "a\n")
            .script("postinst", asks),
        Package::new("plugin-b", "1.0")
            .file("/usr/share/index/b", 0o644, "b\n")
            .member("triggers", "activate-await indexer-ask\n"),
    ]
}

/// Makes its user, and keeps a configuration file that it has changed in its postinst.
fn keeper() -> Package {
    let postinst = r"#!/bin/sh
set -e
echo 'keeper:x:101:101::/var/lib/keeper:/bin/false' >> /etc/passwd
echo 'keeper:x:101:' >> /etc/group
mkdir -p /var/lib/keeper /var/cache/keeper
echo made > /var/lib/keeper/first-start
chown -R keeper:keeper /var/lib/keeper
ln /usr/share/keeper/one /usr/share/keeper/two
";
    let program =
        "#!/bin/sh\nset -e\n[ \"$(id -un)\" = keeper ]\ngrep -q '^listen 7000$' /etc/keeper/keeper.conf\n";
    Package::new("keeper", "0.9~rc2-1")
        .file("/usr/sbin/keeper", 0o755, program)
        .file("/usr/share/keeper/one", 0o644, "one\n")
        .file("/etc/keeper/keeper.conf", 0o644, "listen 1\n")
        .file("/etc/keeper/available/default", 0o644, "default\n")
        .directory("/etc/keeper/enabled", 0o755)
        .member("conffiles", "/etc/keeper/keeper.conf\n/etc/keeper/available/default\n")
        .script("postinst", postinst)
}

/// Makes a site of the pages in its working directory; for commands that make trees.
fn site_maker() -> Package {
    let program = r#"#!/bin/sh
set -eu
mkdir dist
for page in src/*.page; do
    name=${page#src/}
    (echo "<html>"; cat "$page"; echo "</html>") > "dist/${name%.page}.html"
done
chmod 640 dist/*.html
echo "made $(ls dist | wc -l) pages"
"#;
    Package::new("site-maker", "2.0").depends("tool").file("/usr/bin/site-maker", 0o755, program)
}

/// Never twice the same.
fn dice() -> Package {
    Package::new("dice", "1.0")
        .script("postinst", "#!/bin/sh\nset -e\nhead -c 16 /dev/urandom | od -An -tx1 > /etc/dice\n")
}

/// Another one each year.
fn clock() -> Package {
    Package::new("clock", "1.0").script("postinst", "#!/bin/sh\nset -e\ndate +%Y > /etc/built-in\n")
}

/// Another one wherever the machine's names show.
fn namesake() -> Package {
    let names = "/proc/sys/kernel/hostname /proc/sys/kernel/domainname";
    Package::new("namesake", "1.0")
        .script("postinst", &format!("#!/bin/sh\nset -e\ncat {names} > /etc/names\n"))
}

/// Cannot be configured.
fn failing() -> Package {
    let postinst = "#!/bin/sh\necho 'looking for the moon'\necho 'the moon is not there' >&2\nexit 42\n";
    Package::new("failing", "1.0").script("postinst", postinst)
}

/// A server to run: says who it is to whoever connects, and what the servers behind it say.
fn server() -> Package {
    let perl = find("perl", "perl-base");
    let mut package = Package::new("server", "1.0-1").architecture(architecture());
    for library in libraries_of(&perl).into_iter().filter(|library| !is_of_libc(library)) {
        package = package.file(library.to_str().unwrap(), 0o755, std::fs::read(&library).unwrap());
    }
    package
        .file("/usr/bin/perl", 0o755, std::fs::read(perl).unwrap())
        .file("/usr/sbin/server", 0o755, include_str!("fixture/server.pl"))
        .file("/usr/lib/tmpfiles.d/server.conf", 0o644, "d /run/server 0750 root mail -\n")
}

/// Whether the base has a library, since its programs need it.
fn is_of_libc(library: &std::path::Path) -> bool {
    let name = library.file_name().unwrap().to_str().unwrap();
    [
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1",
    ]
    .contains(&name)
}

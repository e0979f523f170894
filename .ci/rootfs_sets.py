"""Sets of packages of Debian 12 whose maintainer scripts are difficult, with a lock and a local mirror: what `compare-rootfs`
builds, and what `measure-rootfs` needs for a mirror of its own; further common ones and mixtures with the next Debian, which
`reproduce` builds besides. Packages are kept in the directory that `KEPT` names (default: target/rootfs-sets), the program is `PLC`
(default: target/debug/plc).
"""

import os, re, subprocess, sys, urllib.request
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLC = os.path.abspath(os.environ.get("PLC", f"{TOP}/target/debug/plc"))
KEPT = os.path.abspath(os.environ.get("KEPT", f"{TOP}/target/rootfs-sets"))
SUITE = "bookworm"
SETS = {
    "minimal": [],
    "mariadb": ["mariadb-server"],
    "postgresql": ["postgresql"],
    "ssh": ["openssh-server"],
    "apache": ["apache2", "libapache2-mod-php", "php-mysql", "php-intl"],
    "fpm": ["nginx", "php-fpm", "php-curl", "php-xml"],
    "java": ["default-jre-headless", "ca-certificates-java"],
    "locales": ["locales", "tzdata", "console-setup"],
    "dbus": ["dbus", "policykit-1", "avahi-daemon"],
    "postfix": ["postfix", "dovecot-imapd"],
    "mailman": ["mailman3"],
    "init": ["systemd", "systemd-sysv", "systemd-resolved", "systemd-timesyncd", "libpam-systemd"],
    "python": ["python3", "python3-django", "python3-numpy"],
    "tex": ["texlive-base"],
    "exim": ["exim4-daemon-light", "bsd-mailx"],
    "ldap": ["slapd"],
    "bind": ["bind9"],
    "nfs": ["nfs-kernel-server"],
    "fonts": ["fontconfig", "fonts-dejavu", "ghostscript"],
    "editors": ["emacs-nox", "vim"],
    "words": ["wamerican", "hunspell-en-us", "aspell-en"],
    "certificates": ["ssl-cert", "ca-certificates"],
    "markup": ["sgml-base", "xml-core", "docbook-xml", "docbook-xsl"],
    "logs": ["rsyslog", "cron", "logrotate", "at"],
    "boot": ["udev", "initramfs-tools", "kmod"],
    "munin": ["munin-node"],
    "ftp": ["proftpd-core"],
    "desktop": ["libgtk-3-0", "shared-mime-info", "desktop-file-utils", "hicolor-icon-theme", "gsettings-desktop-schemas"],
    "capabilities": ["iputils-ping", "mtr-tiny", "wireshark-common", "libcap2-bin", "man-db"],
    "samba": ["samba"],
    "queue": ["rabbitmq-server", "redis-server"],
    "ruby": ["ruby", "perl", "git", "debhelper"],
    "diversions": ["dash", "libc-devtools", "gcc", "molly-guard"],
    "proxy": ["haproxy", "squid", "varnish"],
}
FURTHER = {
    "wiki": ["apache2", "php8.2-fpm", "php8.2-mysql", "mediawiki"],
    "cache": ["memcached", "stunnel4"],
    "node": ["nodejs"],
    "tomcat": ["tomcat10"],
    "vpn": ["openvpn", "wireguard-tools"],
    "resolver": ["unbound", "dnsmasq"],
    "metrics": ["prometheus-node-exporter", "snmpd"],
    "backup": ["borgbackup", "restic", "rsync"],
    "x": ["xserver-xorg-core", "xfonts-base"],
    "broker": ["mosquitto", "mosquitto-clients"],
}
# All packages of these are of the other suite, with what they need.
NEXT = "trixie"
MIXED = {
    "next_mariadb": ["mariadb-server"],
    "next_nginx": ["nginx", "openssh-server"],
    "next_php": ["php-fpm", "php-intl", "locales"],
}


def run(command, **options):
    ran = subprocess.run(command, capture_output=True, text=True, **options)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}")
    return ran.stdout


def chosen(names):
    unknown = [name for name in names if name not in SETS]
    if unknown:
        sys.exit(f"no such set: {' '.join(unknown)}; there are {' '.join(SETS)}")
    return {name: SETS[name] for name in names or SETS}


def describe(directory, sets, keyring="debian-archive-keyring", mixed=False, further=()):
    """A description with a host for each set, and its lock; where it is mixed, all that was asked for is of the next suite."""
    quoted = lambda names: ", ".join(f'"{name}"' for name in names)
    source = ", from = next" if mixed else ""
    hosts = "\n".join(f"  host {name} {{ run s = Set {{ names = [{quoted(packages)}]{source} }} }}"
                      for name, packages in sets.items())
    archives = {"main": SUITE, **({"next": NEXT} if mixed else {})}
    archives = "\n".join(f'archive {name} = apt {{ suites = ["{suite}"], components = ["main"], signed_by = "{keyring}" }}'
                         for name, suite in archives.items())
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/env.pl", "w") as file:
        file.write(f"""{archives}
component Set {{
  param names: List<String>
  package names
}}
environment e {{
  base = main
{hosts}
}}
profile local of e {{ }}
""")
    run([PLC, "lock", f"{directory}/env.pl", *further])


class Lock:
    """Which file of the archive each package of a host is."""

    def __init__(self, path):
        self.paths, self.closures = {}, {}
        for block in open(path).read().split("\n\n"):
            lines = block.strip().split("\n")
            kind, _, name = lines[0].partition(" ")
            fields = [line.strip().partition(" ")[::2] for line in lines[1:]]
            if kind == "package":
                fields = dict(fields)
                self.paths[f"{name}={fields['version']}"] = self.paths[name] = fields["path"]
            elif kind in ("base", "host"):
                self.closures[f"{kind} {name}"] = [value.partition(":")[0] + ("=" + value.partition("=")[2] if "=" in value else "")
                                                   for field, value in fields if field == "package"]

    def files(self, host):
        names = self.closures["base main"] + self.closures.get(f"host {host}", [])
        return sorted(self.paths[name] for name in names)


def site():
    """Where this machine's apt has the suite."""
    said = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)"], capture_output=True, text=True)
    known = dict(line.split()[::-1] for line in said.stdout.splitlines())
    return known.get(SUITE) or sys.exit(f"this machine's apt has no {SUITE}")


def fetch(paths):
    """Files of the archive into the kept mirror."""
    source, pool = site(), f"{KEPT}/mirror"

    def one(path):
        target = f"{pool}/{path}"
        if not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            urllib.request.urlretrieve(f"{source}/{path}", f"{target}.part")
            os.rename(f"{target}.part", target)

    with ThreadPoolExecutor(4) as pool_of_threads:
        list(pool_of_threads.map(one, sorted(paths)))
    for directory, _, _ in os.walk(pool):
        os.chmod(directory, 0o755)
    return pool


def index_of(paths):
    """What the suite's own index says of files."""
    kept = f"{KEPT}/Packages"
    if not os.path.exists(kept):
        text = run(["sh", "-c", 'wget -qO- "$0" | xz -dc', f"{site()}/dists/{SUITE}/main/binary-amd64/Packages.xz"])
        with open(kept, "w") as file:
            file.write(text)
    wanted = set(paths)
    stanzas = [stanza for stanza in open(kept).read().split("\n\n")
               if (found := re.search(r"^Filename: (.*)$", stanza, re.M)) and found.group(1) in wanted]
    if len(stanzas) != len(wanted):
        sys.exit(f"the suite has {len(stanzas)} of {len(wanted)} files: remove {KEPT}")
    return "\n\n".join(stanzas) + "\n"


def release(directory):
    """Writes the suite's Release, unsigned, for the indices that a mirror in a directory has."""
    fields = {"Suite": "stable", "Codename": SUITE, "Components": "main", "Architectures": "amd64"}
    options = [part for field in fields.items() for part in ("-o", "APT::FTPArchive::Release::%s=%s" % field)]
    text = run(["apt-ftparchive", *options, "release", f"dists/{SUITE}"], cwd=directory)
    with open(f"{directory}/dists/{SUITE}/Release", "w") as file:
        file.write(text)


def suite_of(directory, pool, paths):
    """A mirror in a directory whose suite has only some files of the pool."""
    index = f"dists/{SUITE}/main/binary-amd64"
    os.makedirs(f"{directory}/{index}")
    os.symlink(f"{pool}/pool", f"{directory}/pool")
    with open(f"{directory}/{index}/Packages", "w") as file:
        file.write(index_of(paths))
    release(directory)
    return f"deb [trusted=yes] copy://{directory} {SUITE} main"

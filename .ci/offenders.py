"""Packages whose scripts write down what they should not, in a signed archive of their own: the negative controls of `reproduce`."""

import os, shutil, subprocess
from dataclasses import dataclass

from rootfs_sets import Lock, describe, fetch, release, run, suite_of

SAW = "/usr/share/offender/saw"


@dataclass
class Offender:
    """What a script writes down, and the factor of variations.py that finds it out: `itself` where any second build does."""
    variation: str | None
    script: str


OFFENDERS = {
    "time": Offender("time", "date +%Y"),
    "dice": Offender("itself", "od -An -N8 -tx8 /dev/urandom"),
    "order": Offender("order", "ls -U /usr/share/offender/names"),
    "disk": Offender("disk", "ls -U /usr/share/offender/names"),
    "processors": Offender("processors", "nproc"),
    "owner": Offender("who", "cat /proc/self/uid_map"),
    # What the sandbox hides may be written down by anyone.
    "harmless": Offender(None, "env | grep -Ev '^(LD_PRELOAD|FAKETIME)' | sort; umask; date +%Z; id; pwd; ls /usr/share/offender/names; "
                               "cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname /etc/hosts /etc/resolv.conf 2>&1 || :"),
}


def deb(directory, name, offender):
    """Makes a package in a directory."""
    tree = f"{directory}/{name}"
    os.makedirs(f"{tree}/DEBIAN")
    os.makedirs(f"{tree}/usr/share/offender/names")
    for number in range(40):
        with open(f"{tree}/usr/share/offender/names/{number * 7919 % 1000}", "w") as file:
            file.write("x\n")
    with open(f"{tree}/DEBIAN/control", "w") as file:
        file.write(f"Package: offender-{name}\nVersion: 1.0\nArchitecture: all\nMaintainer: Nobody <nobody@example.org>\n"
                   "Description: writes down what it sees\n")
    with open(f"{tree}/DEBIAN/postinst", "w") as file:
        file.write(f"#!/bin/sh\nset -e\n{{ {offender.script}; }} > {SAW}\n")
    os.chmod(f"{tree}/DEBIAN/postinst", 0o755)
    run(["dpkg-deb", "--build", "--root-owner-group", tree, f"{directory}/offender-{name}_1.0_all.deb"])
    shutil.rmtree(tree)


def sign(directory, keys):
    """Signs the suite with a new key, and gives the public half."""
    os.makedirs(keys, mode=0o700)
    gpg = ["gpg", "--homedir", keys, "--batch", "--quiet", "--passphrase", ""]
    run([*gpg, "--quick-gen-key", "Offenders <offenders@example.org>", "rsa3072", "sign", "never"])
    dists = f"{directory}/dists/bookworm"
    run([*gpg, "--clearsign", "--output", f"{dists}/InRelease", f"{dists}/Release"])
    public = run([*gpg, "--armor", "--export"])
    subprocess.run(["gpgconf", "--homedir", keys, "--kill", "all"], check=True)
    return public


def lay_out(work):
    """The mirror, and the project of each offender."""
    describe(f"{work}/minimal", {"minimal": []})
    paths = Lock(f"{work}/minimal/env.lock").files("minimal")
    mirror = f"{work}/mirror"
    suite_of(mirror, fetch(paths), paths)
    os.mkdir(f"{mirror}/own")
    for name, offender in OFFENDERS.items():
        deb(f"{mirror}/own", name, offender)
    with open(f"{mirror}/dists/bookworm/main/binary-amd64/Packages", "a") as file:
        file.write("\n" + run(["dpkg-scanpackages", "own"], cwd=mirror))
    release(mirror)
    public = sign(mirror, f"{work}/keys")
    projects = {name: f"{work}/{name}" for name in OFFENDERS}
    for name, project in projects.items():
        os.makedirs(project)
        with open(f"{project}/keyring.asc", "w") as file:
            file.write(public)
        describe(project, {name: [f"offender-{name}"]}, keyring="keyring.asc", further=["--mirror", f"file://{mirror}"])
    return mirror, projects

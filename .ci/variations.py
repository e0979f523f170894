"""What may differ where something is built without the result being another: the variations of `reproduce`, a covering array over
them, and a place to build in under each. Loop devices, FUSE, a second Debian and ordinary users are tried, and what this machine
does not have is left out with a word.
"""

import itertools, os, pwd, shutil, signal, subprocess

from rootfs_sets import NEXT, PLC, run

# How long one command may take, in seconds: what hangs is a failure like others.
LONGEST = 1800
# What runs, so that it can be ended.
RUNNING = set()
# Whether nothing more is to be run.
ENDED = []


def end_all():
    """Ends all commands that run, and lets no other begin."""
    ENDED.append(True)
    for process in list(RUNNING):
        end(process)


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


# Each factor with its levels; the first is how it is built plainly.
FACTORS = {
    "time": ["now", "+10y"],
    "zone": ["UTC", "Pacific/Kiritimati"],
    "locale": ["C.UTF-8", "tr_TR.UTF-8"],
    "name": ["own", "other.elsewhere.example"],
    "umask": ["022", "077"],
    "who": ["root", "root of games", "user", "other user"],
    "path": ["short", "deep"],
    "home": ["own", "none"],
    "environment": ["own", "cluttered"],
    "processors": ["all", "1"],
    "order": ["own", "reversed"],
    "disk": ["own", "tmpfs", "ext4", "btrfs", "xfs"],
    "jobs": ["many", "1"],
    "host": ["own", NEXT],
    "cache": ["cold", "warm"],
}
PLAIN = {factor: levels[0] for factor, levels in FACTORS.items()}
# Users with ids of their own, and others for what they build.
USERS = {"user": "plc-reproduce", "other user": "plc-reproduce-2"}
GAMES = "60"
DEEP = "a deep place, with: commas=and/ümläuts/and 'quotes'"
CLUTTER = {
    "USER": "somebody", "LOGNAME": "somebody", "SHELL": "/bin/false", "FROM_OUTSIDE": "leaks", "SOURCE_DATE_EPOCH": "1",
    "DEBIAN_FRONTEND": "readline", "DPKG_ROOT": "/nowhere", "LD_LIBRARY_PATH": "/nowhere", "PERL5LIB": "/nowhere",
    "PYTHONHASHSEED": "7", "MAKEFLAGS": "-j9", "EMAIL": "a@b.example", "TMPDIR": "/nowhere", "http_proxy": "http://nowhere.invalid",
}
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
HERE = os.path.dirname(os.path.abspath(__file__))


def covering(factors):
    """Rows in which each pair of levels of two factors is there at least once: always the row next with most pairs that are missing."""
    missing = {frozenset(pair) for one, other in itertools.combinations(factors, 2)
               for pair in itertools.product(*([(factor, level) for level in factors[factor]] for factor in (one, other)))}
    rows = []
    while missing:
        row = dict(min(missing, key=sorted))
        for factor in sorted(set(factors) - set(row), key=lambda factor: (-len(factors[factor]), factor)):
            won = lambda level: sum(frozenset([(factor, level), pair]) in missing for pair in row.items())
            # What is not plain comes last, and counts more where both would do.
            row[factor] = max(reversed(factors[factor]), key=won)
        rows.append({factor: row[factor] for factor in factors})
        missing -= {frozenset(pair) for pair in itertools.combinations(row.items(), 2)}
    return rows


def all_at_once(factors, number):
    """A row with nothing as in the plain build; of several other levels, by the number one after the other."""
    return {factor: levels[1:][number % (len(levels) - 1)] if levels[1:] else levels[0] for factor, levels in factors.items()}


def told(row):
    """What of a row is not plain."""
    return ", ".join(f"{factor} {level}" for factor, level in row.items() if level != PLAIN[factor]) or "plain"


class Places:
    """Everything below a directory that builds under variations need: file systems, another Debian, users, libraries."""

    def __init__(self, work):
        self.work, self.mounts, self.users = work, [], []
        self.factors = {factor: list(levels) for factor, levels in FACTORS.items()}
        self.disks = {"own": f"{work}/own"}

    def make(self):
        """Makes all that this machine can have. What is there when this is interrupted goes with `close`."""
        work = self.work
        os.chmod(work, 0o755)
        shutil.copy(PLC, f"{work}/plc")
        os.mkdir(f"{work}/own")
        for factor, level, make in [
            *(("disk", disk, lambda disk=disk: self.disk(disk)) for disk in FACTORS["disk"][1:]),
            *(("who", who, lambda who=who: self.user(who)) for who in USERS),
            ("order", "reversed", self.reversing),
            ("time", "+10y", lambda: shutil.copy(FAKETIME, f"{work}/faketime.so")),
            ("host", NEXT, self.host),
        ]:
            try:
                make()
            except (OSError, SystemExit) as error:
                self.factors[factor].remove(level)
                print(f"not tried on this machine: {factor} {level}: {error}", flush=True)

    def disk(self, kind):
        """Mounts a file system of its own, thinly."""
        place, image = f"{self.work}/{kind}", f"{self.work}/{kind}.image"
        os.mkdir(place)
        self.mounts.append(place)
        if kind == "tmpfs":
            run(["mount", "-t", "tmpfs", "-o", "size=12G,mode=755", "none", place])
        else:
            with open(image, "w") as file:
                file.truncate(16 << 30)
            run([f"mkfs.{kind}", "-q", *(["-F"] if kind == "ext4" else []), image])
            run(["mount", "-o", "loop,discard", image, place])
        self.disks[kind] = place

    def user(self, who):
        """Makes a user with subordinate ids where there is none."""
        if subprocess.run(["id", USERS[who]], capture_output=True).returncode != 0:
            self.users.append(USERS[who])
            run(["useradd", USERS[who]])

    def reversing(self):
        """Compiles the library that lists directories from behind."""
        run(["cc", "-shared", "-fPIC", "-O1", "-o", f"{self.work}/reversing.so", f"{HERE}/reversing.c", "-ldl"])

    def host(self):
        """Has `plc` make the next Debian, in which it will run, with the users of this one."""
        project = f"{self.work}/host"
        os.mkdir(project)
        with open(f"{project}/env.pl", "w") as file:
            file.write(f"""archive main = apt {{ suites = ["{NEXT}"], components = ["main"], signed_by = "debian-archive-keyring" }}
component Host {{ package ["uidmap", "util-linux", "libc6"] }}
environment e {{
  base = main
  host h {{ run host = Host {{ }} }}
}}
profile local of e {{ }}
""")
        run([PLC, "--store", f"{project}/store", "build", f"{project}/env.pl", "--image", "dir", "--out", project], cwd=project)
        shutil.rmtree(f"{project}/store")
        for name in ("passwd", "group", "subuid", "subgid"):
            with open(f"/etc/{name}") as own, open(f"{project}/h/etc/{name}", "a") as file:
                file.writelines(line for line in own if line.split(":")[0] in USERS.values())

    def close(self):
        """Removes what was made outside of the directory; what cannot be removed is told, and keeps nothing else."""
        mounted = [place for place in self.mounts if os.path.ismount(place)]
        made = [user for user in self.users if subprocess.run(["id", user], capture_output=True).returncode == 0]
        for command in [*(["umount", place] for place in mounted), *(["userdel", user] for user in made)]:
            ran = subprocess.run(command, capture_output=True, text=True)
            if ran.returncode != 0:
                print(f"left behind: {' '.join(command)}: {ran.stderr.strip()}", flush=True)
            if ran.returncode != 0 and command[0] == "umount":
                # Out of the directory at least, so that this can be removed.
                subprocess.run(["umount", "--lazy", command[1]])


class Build:
    """One build of a project under a row, in a store and a place of its own."""

    def __init__(self, places, name, project, kept, row):
        self.places, self.row, self.kept = places, row, kept
        deep = f"/{DEEP}" if row["path"] == "deep" else ""
        self.top = f"{places.disks[row['disk']]}/{name}"
        self.project = f"{self.top}{deep}/p"
        self.store = f"{self.top}{deep}/s"
        os.makedirs(f"{self.top}{deep}")
        shutil.copytree(project, self.project)
        if row["who"] in USERS:
            user = pwd.getpwnam(USERS[row["who"]])
            run(["chown", "-R", f"{user.pw_uid}:{user.pw_gid}", self.top])

    def plc(self, arguments, varied=True):
        """Runs `plc`, and gives its exit code, what it says on the one side and on the other; without what is loaded first, if not varied."""
        command = [*self.outside(), "env", *self.environment(varied), f"{self.places.work}/plc", "--store", self.store, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
        RUNNING.add(process)
        if ENDED:
            end(process)
        try:
            out, err = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            end(process)
            out, err = process.communicate()
            err += f"\nnot done after {LONGEST} s"
        finally:
            RUNNING.discard(process)
        if ENDED:
            raise SystemExit("ended")
        return process.returncode, out, err

    def build(self, mirror):
        """Builds, and gives the trees of hosts; where it fails, what it says."""
        loaded = [library for factor, library in (("time", "faketime.so"), ("order", "reversing.so"))
                  if self.row[factor] != PLAIN[factor]]
        preload = [part for library in loaded for part in ("--preload", f"{self.places.work}/{library}")]
        jobs = "1" if self.row["jobs"] == "1" else "8"
        arguments = ["build", "env.pl", "--profile", "local", "--locked", "--json", "--quiet", "--mirror", f"file://{mirror}",
                     "--jobs", jobs]
        if self.row["cache"] == "warm":
            # Packages and base are there; what is to be seen must be built again.
            code, _, err = self.plc(arguments, varied=False)
            if code != 0:
                return err
            arguments.append("--rebuild")
        elif preload:
            arguments.append("--rebuild")
        code, out, err = self.plc([*arguments, *preload])
        return out if code == 0 else err

    def image(self, mirror, out):
        """Writes root file systems of what was built as tar files."""
        os.makedirs(f"{self.project}/images", exist_ok=True)
        if self.row["who"] in USERS:
            shutil.chown(f"{self.project}/images", USERS[self.row["who"]])
        code, _, err = self.plc(["build", "env.pl", "--profile", "local", "--locked", "--quiet", "--mirror", f"file://{mirror}",
                                 "--image", "tar", "--out", "images"], varied=False)
        if code != 0:
            return err
        shutil.move(f"{self.project}/images", out)
        return None

    def environment(self, varied):
        """Assignments for env(1)."""
        row, work = self.row, self.places.work
        given = {"TZ": row["zone"], "LC_ALL": row["locale"], "LANG": row["locale"]}
        if row["home"] == "none":
            given["HOME"] = "/nonexistent"
        if row["environment"] == "cluttered":
            given.update(CLUTTER)
        if varied and row["time"] != "now":
            given.update(FAKETIME=row["time"], FAKETIME_DONT_FAKE_MONOTONIC="1", LD_PRELOAD=f"{work}/faketime.so")
        return [f"{name}={value}" for name, value in given.items()]

    def outside(self):
        """The command that makes the circumstances, before the one to be run in them."""
        row = self.row
        script = []
        if row["name"] != "own":
            script += [f"hostname {row['name']}", f"domainname {row['name'].split('.', 1)[1]}"]
        if row["host"] != "own":
            root = f"{self.places.work}/host/h"
            script += [f"mount --bind {root} {root}",
                       *(f"mkdir -p {root}{place} && mount --rbind {place} {root}{place}"
                         for place in ("/proc", "/sys", "/dev", self.kept, self.places.work)),
                       f"cd {root}", "mkdir -p .old", "pivot_root . .old", "umount -l /.old"]
        script += [f"umask {row['umask']}", 'cd "$0"', 'exec "$@"']
        words = ["unshare", "--mount", "--uts", "sh", "-e", "-c", "\n".join(script), self.project]
        if row["processors"] == "1":
            words += ["taskset", "--cpu-list", "0"]
        if row["who"] == "root of games":
            words += ["setpriv", "--regid", GAMES, "--groups", f"{GAMES},0"]
        elif row["who"] in USERS:
            user = pwd.getpwnam(USERS[row["who"]])
            words += ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
        return words

    def remove(self):
        """All of it: what a user has built belongs to ids of his, so only root can."""
        run(["rm", "-rf", self.top])

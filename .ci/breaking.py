"""Takes one check after the other out of this checkout, and sees that tests find out: what `break-trust` and `break-archives` share.

The checkout must have no changes of its own; each file is put back before the next. Where a check is taken out and no test fails, or
its text cannot be found any more, the program exits with 1.
"""

import os, re, signal, subprocess, sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Seconds that the tests may take.
LONGEST = 60


def run(command):
    return subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def tests(filters):
    """The names of tests that fail, with what they print; none where the program cannot be built."""
    cargo = ["cargo", "test", "--quiet", "-p", "plc-build", "--lib"]
    built = run([*cargo, "--no-run"])
    if built.returncode != 0:
        return None, built.stdout
    process = subprocess.Popen([*cargo, "--", *filters], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               start_new_session=True)
    try:
        output, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        # What waits for ever has found out too.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return ["(does not end)"], ""
    failed = re.findall(r"^    ([a-z0-9_:]+)$", output, re.MULTILINE)
    return sorted(set(failed)), output


def without(path, text, instead, filters):
    """What fails without a check; an error where its text is not there once."""
    path = os.path.join(TOP, path)
    with open(path) as file:
        whole = file.read()
    if whole.count(text) != 1:
        raise LookupError(f"`{text}` is {whole.count(text)} times in {path}")
    try:
        with open(path, "w") as file:
            file.write(whole.replace(text, instead))
        return tests(filters)
    finally:
        with open(path, "w") as file:
            file.write(whole)


def take_out(breaks, filters, seen=lambda output: []):
    """Takes the checks out: each a name, a file, its text, what stands there instead. `seen` finds what else is to be told in what
    the tests print. Only those whose name has the word that is given on the command line. Gives what was told of all."""
    if run(["git", "status", "--porcelain", "--untracked-files=no"]).stdout.strip():
        sys.exit("this checkout has changes, which would be lost: commit them first")
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    survived, told = [], set()
    for name, path, text, instead in breaks:
        if word not in name:
            continue
        try:
            failed, output = without(path, text, instead, filters)
        except LookupError as error:
            failed, output = [], str(error)
        if not failed:
            survived.append(name)
            print(output)
        more = seen(output)
        told.update(more)
        words = ", ".join(failed or []) + "".join(f" · {each}" for each in more)
        print(f"{name}: {words if failed else 'NO TEST FAILS'}", flush=True)
    if survived:
        sys.exit("not found out: " + ", ".join(survived))
    return told

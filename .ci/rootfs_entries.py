"""Entries of root file systems, as mappings: what `compare-rootfs` and `reproduce` hold against each other, and how they tell it."""

import hashlib, tarfile

KINDS = {tarfile.REGTYPE: "f", tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l", tarfile.LNKTYPE: "h"}


def of_tar(path):
    """All entries of a tar file, with times too."""
    archive, entries = tarfile.open(path, errors="surrogateescape"), {}
    for member in archive:
        entry = {"type": KINDS.get(member.type, "special"), "mode": oct(member.mode), "owner": member.uid, "group": member.gid,
                 "time": member.mtime, "target": member.linkname, "device": (member.devmajor, member.devminor),
                 "attributes": {key: value for key, value in member.pax_headers.items() if key.startswith("SCHILY.xattr.")}}
        if entry["type"] == "f":
            text = archive.extractfile(member).read()
            entry.update(size=member.size, content=hashlib.sha256(text).hexdigest())
            entry["text"] = lambda member=member: archive.extractfile(member).read()
        entries["/" + member.name.removeprefix("./").rstrip("/")] = entry
    return entries


def lines(entry):
    return entry["text"]().split(b"\n")


def differ(ours, theirs):
    if ours is None or theirs is None:
        return True
    return any(ours.get(key) != theirs.get(key) for key in ours.keys() | theirs.keys() if key != "text")


def tell(path, ours, theirs, sides):
    """One difference as lines, with what is on each side."""
    if ours is None or theirs is None:
        there, side = (theirs, sides[1]) if ours is None else (ours, sides[0])
        words = " ".join(str(there.get(key, "")) for key in ("type", "mode", "owner", "group", "target", "size"))
        return [f"  {path}: only {side}: {words}"]
    told = [f"  {path}: {key}: {sides[0]} {ours.get(key)}, {sides[1]} {theirs.get(key)}"
            for key in sorted(ours.keys() | theirs.keys()) if key != "text" and ours.get(key) != theirs.get(key)]
    if ours["type"] == theirs["type"] == "f" and ours["content"] != theirs["content"]:
        for mark, one, other in (("-", ours, theirs), ("+", theirs, ours)):
            there = set(lines(other))
            told += [f"    {mark} {line[:150]!r}" for line in [line for line in lines(one) if line not in there][:6]]
    return told

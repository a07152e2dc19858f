"""The way to a folder for a server that root starts under a user of its own.

The data stay in the folder that was named, also below a private one (root's home, a temporary folder). Where the
server's user could not pass, an access list lets this one user through: to enter the folder, not to list it, and
nobody else gains anything. That takes a POSIX access list (Linux), written here as ``acl(5)`` lays it out.
"""

import os
import stat
import struct
from pathlib import Path

ACCESS = "system.posix_acl_access"
HEADER, ENTRY = struct.Struct("<I"), struct.Struct("<HHI")  # version; tag, permissions, number of a user or group
VERSION, NOBODY = 2, 0xFFFFFFFF
OWNER, USER, OWNING_GROUP, GROUP, MASK, OTHERS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
LIMITED = (USER, OWNING_GROUP, GROUP)
ENTER = 1
Entries = dict[tuple[int, int], int]
"""(tag, number) -> permissions. Sorting the keys gives the order that the kernel demands."""


def open_way(folder: Path, user: int) -> bool:
    """Lets a user pass down to ``folder``, which is ours, and enter it; whether they can now."""
    for part in (folder, *folder.parents):
        if not _may_enter(part, user) and not _let_in(part, user):
            if part != folder:
                return False
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)
    return True


def _may_enter(folder: Path, user: int) -> bool:
    found = folder.stat()
    if found.st_uid == user:
        return bool(found.st_mode & stat.S_IXUSR)
    entries = _entries(folder)
    named = entries.get((USER, user))
    allowed = entries[OTHERS, NOBODY] if named is None else named & entries.get((MASK, NOBODY), 0)
    return bool(allowed & ENTER)


def _let_in(folder: Path, user: int) -> bool:
    """Adds the user to the folder's access list; everybody else keeps what they effectively have."""
    entries = _entries(folder)
    mask = entries.get((MASK, NOBODY), 0o7)
    entries = {key: held & mask if key[0] in LIMITED else held for key, held in entries.items()}
    entries[USER, user] = ENTER
    entries[MASK, NOBODY] = 0
    for (tag, _), held in tuple(entries.items()):
        if tag in LIMITED:
            entries[MASK, NOBODY] |= held
    packed = HEADER.pack(VERSION) + b"".join(ENTRY.pack(tag, entries[tag, who], who) for tag, who in sorted(entries))
    try:
        os.setxattr(folder, ACCESS, packed)
    except (OSError, AttributeError):  # a file system, or a system, without access lists
        return False
    return True


def _entries(folder: Path) -> Entries:
    try:
        packed = os.getxattr(folder, ACCESS)
    except (OSError, AttributeError):
        mode = folder.stat().st_mode
        return {(OWNER, NOBODY): mode >> 6 & 7, (OWNING_GROUP, NOBODY): mode >> 3 & 7, (OTHERS, NOBODY): mode & 7}
    return {(tag, who): held for tag, held, who in ENTRY.iter_unpack(packed[HEADER.size :])}

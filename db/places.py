"""Where a database may not lie: on a network share, or in a folder that a program synchronises.

Both destroy databases: locks that hold on one computer only, and files that are replaced while they are open.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from db.errors import Unavailable
from db.texts import _

NETWORK = frozenset({
    "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "afpfs", "coda", "davfs", "davfs2", "webdav", "ftp",
    "sshfs", "gvfsd-fuse", "kio-fuse", "rclone", "curlftpfs", "s3fs", "gcsfuse", "ceph", "glusterfs", "lustre", "beegfs", "9p",
})  # fmt: skip
# What a program leaves in the folder it synchronises.
MARKS = (
    (re.compile(r"\.dropbox\.cache"), "Dropbox"),  # ".dropbox" alone lies in the home folder of everybody who has the program
    (re.compile(r"\._?sync_[0-9a-f]+\.db|\.sync_journal\.db|\.nextcloudsync\.log"), "Nextcloud"),
    (re.compile(r"\._?owncloudsync\.log|\.csync_journal\.db"), "ownCloud"),
    (re.compile(r"\.tmp\.drive(download|upload)"), "Google Drive"),
    (re.compile(r"\.seafile-data|_seaf_ignore\.txt|seafile-ignore\.txt"), "Seafile"),
    (re.compile(r"\.849C9593-D756-4E56-8D6E-42412F2A707B"), "OneDrive"),
    (re.compile(r"\.stfolder"), "Syncthing"),
)
# What such folders are called where they usually lie: directly in the user's own folder.
NAMES = (
    (re.compile(r"OneDrive( ?[-–] .+)?", re.IGNORECASE), "OneDrive"),
    (re.compile(r"Dropbox( ?\(.+\))?", re.IGNORECASE), "Dropbox"),
    (re.compile(r"Google ?Drive|My Drive", re.IGNORECASE), "Google Drive"),
    (re.compile(r"iCloud ?Drive", re.IGNORECASE), "iCloud"),
    (re.compile(r"Nextcloud", re.IGNORECASE), "Nextcloud"),
    (re.compile(r"ownCloud", re.IGNORECASE), "ownCloud"),
    (re.compile(r"Box( Sync)?", re.IGNORECASE), "Box"),
    (re.compile(r"Seafile", re.IGNORECASE), "Seafile"),
)
_CLOUD_STORAGE = {"OneDrive": "OneDrive", "Dropbox": "Dropbox", "GoogleDrive": "Google Drive", "Box": "Box"}  # <name>-<account>
_SHARE = re.compile(r"[\\/]{2}(\?[\\/]UNC[\\/]|(?![?.][\\/]))[^\\/]+", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([0-7]{3})")
_MAC_LINE = re.compile(r"(?P<what>.+?) on (?P<where>/.*) \((?P<kind>[\w-]+)(?:,|\))")
_REMOTE_DRIVE = 4  # what Windows calls a mapped drive


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system and the folder it is seen at."""

    where: str
    kind: str


def refuse_shared(path: Path) -> None:
    """Refuse a place that several computers write to.

    Raises:
        Unavailable: a network share or a synchronised folder, with the way on.
    """
    kind = network_of(path)
    if kind:
        raise Unavailable(
            _("{file} would lie on a network share ({kind}), where a database can be destroyed."),
            _("Nothing was changed. Choose a folder on a disk of this computer; backups may go to the share."),
            file=path.name,
            kind=kind,
        )
    program = sync_of(path)
    if program:
        raise Unavailable(
            _("{file} would lie in a folder that {program} synchronises, where a database can be destroyed."),
            _("Nothing was changed. Choose a folder that is not synchronised; backups may go there."),
            file=path.name,
            program=program,
        )


def is_shared(path: Path) -> bool:
    """Whether a database at `path` would be refused."""
    return bool(network_of(path) or sync_of(path))


def network_of(path: Path) -> str:
    """The kind of share that holds `path`, such as "nfs4", or "" on a disk of this computer."""
    if _SHARE.match(str(path)):
        return "SMB"
    if sys.platform == "win32":
        return "SMB" if _drive_kind(path) == _REMOTE_DRIVE else ""
    mount = mount_of(_real(path), read_mounts())
    if mount is None or mount.where == "/":  # a computer that starts from a share has no other disk
        return ""
    return mount.kind if is_network(mount.kind) else ""


def is_network(kind: str) -> bool:
    """Whether a file system of this name lies on another computer; "fuse.sshfs" counts as "sshfs"."""
    return kind.lower().removeprefix("fuse.") in NETWORK


def mount_of(path: Path, mounts: Iterable[Mount]) -> Mount | None:
    """The mount that `path` lies on: the deepest, and of several at one place the last."""
    found: Mount | None = None
    for mount in mounts:
        if path.is_relative_to(mount.where) and (found is None or len(mount.where) >= len(found.where)):
            found = mount
    return found


def read_mounts() -> list[Mount]:
    """What is mounted on this computer; empty where that cannot be known."""
    if sys.platform == "darwin":
        from subprocess import run  # heavy

        return parse_mac_mounts(run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout)
    try:
        return parse_mountinfo(Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return []


def parse_mountinfo(table: str) -> list[Mount]:
    """The mounts in Linux's own table, in its order."""
    found = []
    for line in table.splitlines():
        first, dash, last = line.partition(" - ")
        fields, kinds = first.split(), last.split()
        if dash and len(fields) > 4 and kinds:
            where = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4])
            found.append(Mount(where, kinds[0]))
    return found


def parse_mac_mounts(table: str) -> list[Mount]:
    """The mounts as macOS prints them."""
    return [Mount(hit["where"], hit["kind"]) for line in table.splitlines() if (hit := _MAC_LINE.match(line))]


def sync_of(path: Path, home: Path | None = None) -> str:
    """The program that synchronises the folder `path` lies in, or ""."""
    home = _real(home or Path.home())
    real = _real(path)
    for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        root = os.environ.get(name)
        if root and real.is_relative_to(_real(Path(root))):
            return "OneDrive"
    for folder in real.parents:
        program = _by_name(folder, home) or _by_mark(folder)
        if program:
            return program
    return ""


def _by_name(folder: Path, home: Path) -> str:
    if folder.name == "Mobile Documents" or folder.name.startswith("com~apple~"):
        return "iCloud"
    if folder.parent == home / "Library" / "CloudStorage":
        return next((said for name, said in _CLOUD_STORAGE.items() if folder.name.startswith(name)), folder.name)
    if folder.parent != home:
        return ""
    return next((program for name, program in NAMES if name.fullmatch(folder.name)), "")


def _by_mark(folder: Path) -> str:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "_", "s")):
                    for mark, program in MARKS:
                        if mark.fullmatch(entry.name):
                            return program
    except OSError:
        pass
    return ""


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path.expanduser()))


def _drive_kind(path: Path) -> int:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - there is none for the type checker elsewhere
    found: int = kernel.GetDriveTypeW(path.absolute().anchor)
    return found

"""A database is kept off network shares and synchronised folders, and off nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from db import places
from db.errors import Unavailable
from db.places import (
    Mount,
    is_network,
    mount_of,
    network_of,
    parse_mac_mounts,
    parse_mountinfo,
    read_mounts,
    refuse_shared,
    sync_of,
)

TABLE = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard
90 27 0:50 / /home/mia rw,relatime shared:40 - nfs4 files.uni.example:/home/mia rw,vers=4.2
91 27 0:51 / /mnt/the\040share rw,relatime - cifs //files.uni.example/office rw,vers=3.1.1
92 27 0:52 / /home/mia/remote rw,nosuid - fuse.sshfs mia@files.uni.example:/ rw,user_id=1000
93 27 0:53 / /home/mia/web rw,nosuid - davfs https://dav.uni.example rw
94 90 8:1 / /home/mia/local rw,relatime - xfs /dev/sdb1 rw
95 27 0:54 / /run/user/1000/gvfs rw,nosuid - fuse.gvfsd-fuse gvfsd-fuse rw
96 27 8:2 / /srv/a rw - nfs old:/a rw
97 27 8:2 / /srv/a rw - ext4 /dev/sdc1 rw
98 27 0:60 / /mnt/usb rw,nosuid - fuseblk /dev/sdd1 rw
broken line
"""
MAC = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//mia@files.uni.example/office on /Volumes/office (smbfs, nodev, nosuid, mounted by mia)
files.uni.example:/home on /Volumes/my home (nfs, nodev, nosuid)
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/mia/office.kontinuum", "nfs4"),
        ("/home/miatwo/office.kontinuum", ""),
        ("/mnt/the share/x/office.kontinuum", "cifs"),
        ("/home/mia/remote/office.kontinuum", "fuse.sshfs"),
        ("/home/mia/web/office.kontinuum", "davfs"),
        ("/home/mia/local/office.kontinuum", ""),
        ("/run/user/1000/gvfs/smb-share:server=x/office.kontinuum", "fuse.gvfsd-fuse"),
        ("/srv/a/office.kontinuum", ""),  # the later mount covers the share
        ("/mnt/usb/office.kontinuum", ""),
        ("/opt/office.kontinuum", ""),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="paths of Linux")
def test_the_deepest_mount_decides(path: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "read_mounts", lambda: parse_mountinfo(TABLE))
    assert network_of(Path(path)) == kind


def test_a_computer_that_starts_from_a_share_has_no_other_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "read_mounts", lambda: [Mount("/", "nfs")])
    assert network_of(Path("/home/mia/office.kontinuum")) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own table")
def test_this_computers_own_table_is_understood(tmp_path: Path) -> None:
    mounts = read_mounts()
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    assert len(mounts) == len(lines) and "/" in {mount.where for mount in mounts}
    assert next(mount.kind for mount in mounts if mount.where == "/proc") == "proc"
    found = mount_of(tmp_path, mounts)
    assert found is not None and Path(found.where).is_mount()


def test_what_macos_prints_is_understood() -> None:
    mounts = parse_mac_mounts(MAC)
    assert [(m.where, m.kind, is_network(m.kind)) for m in mounts] == [
        ("/", "apfs", False), ("/Volumes/office", "smbfs", True), ("/Volumes/my home", "nfs", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "share"),
    [
        (r"\\files\office\x.kontinuum", True), ("//files/office/x.kontinuum", True), (r"\\?\UNC\files\office\x.kontinuum", True),
        (r"\\?\C:\office\x.kontinuum", False), (r"C:\office\x.kontinuum", False), ("/home/mia/x.kontinuum", False),
    ],
)  # fmt: skip
def test_the_path_of_a_share_is_known_by_its_form(path: str, share: bool) -> None:
    class Written(type(Path())):  # type: ignore[misc] # a path keeps how it was written only on Windows
        def __str__(self) -> str:
            return path

    assert (network_of(Written("x")) == "SMB") == share


def test_a_mapped_drive_of_windows_is_a_share(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"remote": 4, "fixed": 3}
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(places, "_drive_kind", lambda path: kinds[path.name])
    assert (network_of(Path("remote")), network_of(Path("fixed"))) == ("SMB", "")


@pytest.mark.parametrize(
    ("mark", "program"),
    [
        (".dropbox.cache", "Dropbox"), (".sync_0a1b2c3d4e5f.db", "Nextcloud"), ("._sync_0a1b2c3d4e5f.db", "Nextcloud"),
        (".owncloudsync.log", "ownCloud"), (".tmp.drivedownload", "Google Drive"), (".seafile-data", "Seafile"),
        (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"), (".stfolder", "Syncthing"), (".gitignore", ""),
        ("sync_0a.db", ""), (".dropbox", ""),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_what_the_program_leaves_in_it(tmp_path: Path, mark: str, program: str) -> None:
    (tmp_path / "work" / "deep").mkdir(parents=True)
    (tmp_path / "work" / mark).touch()
    assert sync_of(tmp_path / "work" / "deep" / "office.kontinuum", tmp_path / "home") == program


@pytest.mark.parametrize(
    ("folder", "program"),
    [
        ("OneDrive", "OneDrive"), ("OneDrive - University of Åbo", "OneDrive"), ("Dropbox", "Dropbox"),
        ("Dropbox (Personal)", "Dropbox"), ("Google Drive", "Google Drive"), ("iCloudDrive", "iCloud"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"), ("Library/CloudStorage/OneDrive-Uni", "OneDrive"),
        ("Library/CloudStorage/GoogleDrive-mia", "Google Drive"), ("Library/CloudStorage/Other", "Other"),
        ("Nextcloud", "Nextcloud"), ("ownCloud", "ownCloud"), ("Box", "Box"), ("Box Sync", "Box"), ("Seafile", "Seafile"),
        ("Documents", ""), ("Documents/Box", ""), ("Boxes", ""), (".local/share/kontinuum", ""),
    ],
)  # fmt: skip
def test_a_folder_is_known_by_its_name_in_the_users_own_folder(tmp_path: Path, folder: str, program: str) -> None:
    assert sync_of(tmp_path / folder / "x" / "office.kontinuum", tmp_path) == program


def test_onedrive_is_found_where_windows_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "Elsewhere"))
    assert sync_of(tmp_path / "Elsewhere" / "office.kontinuum") == "OneDrive"
    assert sync_of(tmp_path / "office.kontinuum") == ""


def test_the_refusal_names_the_program_and_the_way_on(tmp_path: Path) -> None:
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(Unavailable, match=r"Syncthing synchronises.*Choose a folder that is not synchronised; backups may go"):
        refuse_shared(tmp_path / "office.kontinuum")


def test_a_link_does_not_hide_a_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "here").symlink_to(tmp_path / "share")
    monkeypatch.setattr(places, "read_mounts", lambda: [Mount("/", "ext4"), Mount(str(tmp_path / "share"), "nfs")])
    assert network_of(tmp_path / "here" / "office.kontinuum") == "nfs"

"""Makes the Debian package: the program under /usr/lib, its way in, and what the system wants to know about it."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from installer.contents import Contents
from installer.freezing import Workshop, size
from installer.icons import SIZES
from installer.manual import man_page

TEMPLATES = Path("resources") / "packaging"
MAINTAINER = "The Kontinuum authors <kontinuum@example.invalid>"
_ELF = b"\x7fELF"
_HOME = Path("usr/lib/kontinuum")


class NotBuilt(Exception):
    """The package cannot be made on this machine; says why."""


def build_deb(shop: Workshop, contents: Contents) -> Path:
    """The package of the program that lies in the workshop."""
    tree = shop.folder / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(shop.program, tree / _HOME, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/kontinuum").symlink_to("../lib/kontinuum/kontinuum")
    add_descriptions(tree, contents, shop.folder / "icons", shop.epoch)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/md5sums").write_text(_sums(tree), encoding="utf-8")
    text = control(contents.version, architecture(), depends(tree / _HOME), size(tree) // 1024)
    (tree / "DEBIAN/control").write_text(text, encoding="utf-8")
    settle(tree, shop.epoch)
    package = shop.folder / "dist" / f"kontinuum_{contents.version}_{architecture()}.deb"
    shop.run("dpkg-deb", "--root-owner-group", "--threads-max=2", "-Zxz", "--build", tree, package)
    return package


def control(version: str, arch: str, needs: str, kilobytes: int) -> str:
    """The text of the control file."""
    return (
        f"Package: kontinuum\nVersion: {version}\nArchitecture: {arch}\nMaintainer: {MAINTAINER}\n"
        f"Installed-Size: {kilobytes}\nDepends: {needs}\nRecommends: xdg-utils\nSection: database\nPriority: optional\n"
        "Description: register for university offices\n"
        " One record for every person a university office meets, from the first\n"
        " question to the alumni years: people, phone duty, policies and their\n"
        " history, in English, Swedish and Finnish.\n"
        " .\n"
        " The program brings its own Python and Qt; it works on a file of its own and\n"
        " needs no server.\n"
    )


def architecture() -> str:
    """What Debian calls this machine's processor."""
    return _told("dpkg", "--print-architecture").strip()


def add_descriptions(tree: Path, contents: Contents, icons: Path, epoch: int) -> None:
    """Menu entry, icons, software centre, manual page, copyright and changes."""
    templates, share = contents.root / TEMPLATES, tree / "usr/share"
    _write(share / "applications/kontinuum.desktop", (templates / "kontinuum.desktop").read_text(encoding="utf-8"))
    _write(share / "metainfo/kontinuum.metainfo.xml", metainfo(contents, epoch))
    for pixels in SIZES:
        folder = share / f"icons/hicolor/{pixels}x{pixels}/apps"
        folder.mkdir(parents=True)
        shutil.copyfile(icons / f"{pixels}.png", folder / "kontinuum.png")
    _write(share / "icons/hicolor/scalable/apps/kontinuum.svg", (templates / "kontinuum.svg").read_text(encoding="utf-8"))
    _pack(share / "man/man1/kontinuum.1.gz", man_page(contents.version, epoch))
    _write(share / "doc/kontinuum/copyright", copyright_text(contents.root))
    _pack(share / "doc/kontinuum/changelog.gz", (contents.root / "CHANGELOG.md").read_text(encoding="utf-8"))


def metainfo(contents: Contents, epoch: int) -> str:
    """What software centres show, with this version as the release."""
    text = (contents.root / TEMPLATES / "kontinuum.metainfo.xml").read_text(encoding="utf-8")
    day = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    return text.replace("@VERSION@", contents.version).replace("@DATE@", day)


def copyright_text(root: Path) -> str:
    """Debian's copyright file: ours, and where the others' lie."""
    licence = (root / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)
    indented = "\n".join(f" {line}" if line.strip() else " ." for line in licence[2].strip().splitlines())
    holder = licence[1].strip().removeprefix("Copyright (c) ")
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: Kontinuum\n"
        "Comment: The program is packed with the libraries it uses. Their licences, notices and where their source is\n"
        f" lie in /{_HOME}/licences, one folder for each; Qt and PySide6 are used under LGPL-3.\n"
        f"\nFiles: *\nCopyright: {holder}\nLicense: Expat\n"
        f"\nLicense: Expat\n{indented}\n"
    )


def depends(program: Path) -> str:
    """The packages whose libraries the packed ones load, with the least version that will do.

    Raises:
        NotBuilt: a library is neither packed nor on this machine.
    """
    found = [path for path in sorted(program.rglob("*")) if path.is_file() and not path.is_symlink() and _is_elf(path)]
    folders = sorted({path.parent for path in found})
    work = program.parents[2] / "shlibdeps"
    (work / "debian").mkdir(parents=True, exist_ok=True)
    (work / "debian/control").write_text("Source: kontinuum\n\nPackage: kontinuum\nArchitecture: any\n", encoding="utf-8")
    asked = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0", *(f"-l{folder}" for folder in folders)]
    told = subprocess.run([*asked, *(f"-e{path}" for path in found)], cwd=work, capture_output=True, text=True)
    shutil.rmtree(work)
    if told.returncode:
        raise NotBuilt(f"what the packed libraries need could not be found out:\n{told.stderr.strip()}")
    return told.stdout.partition("shlibs:Depends=")[2].strip()


def packages_of(needs: str) -> list[str]:
    """The names in a Depends line."""
    return [re.split(r"[\s(|]", one.strip(), maxsplit=1)[0] for one in needs.split(",")]


def settle(tree: Path, epoch: int) -> None:
    """Give every file the same time and plain rights, so that the same content is the same package."""
    for path in [*tree.rglob("*"), tree]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and _is_elf(path))
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _sums(tree: Path) -> str:
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.parts]
    return "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree).as_posix()}\n" for path in files)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _ELF


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _pack(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _told(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout

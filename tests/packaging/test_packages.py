"""What the packages say about themselves is true, the same everywhere and the same twice."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import xml.etree.ElementTree as Tree
from importlib.metadata import version
from pathlib import Path

import pytest

from desktop.command_line.arguments import parser
from installer import debian, icons
from installer.contents import ROOT, Contents
from installer.elsewhere import inno_script
from installer.freezing import Workshop
from installer.licences import OWN, LicenceMissing, all_texts, closure
from installer.manual import man_page

CONTENTS = Contents()
TEMPLATES = ROOT / debian.TEMPLATES
EPOCH = 1_790_000_000
XML = "{http://www.w3.org/XML/1998/namespace}lang"
needs_dpkg = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None or shutil.which("dpkg-shlibdeps") is None, reason="only Debian makes Debian packages"
)


def test_the_version_is_the_same_everywhere() -> None:
    ours = CONTENTS.version
    assert version("kontinuum") == ours
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None and newest[1] == ours
    assert f"\nVersion: {ours}\n" in debian.control(ours, "amd64", "libc6", 1)
    assert f'<release version="{ours}"' in debian.metainfo(CONTENTS, EPOCH)
    assert f"AppVersion={ours}" in inno_script(CONTENTS, Path("kontinuum"))
    assert f"Kontinuum {ours}" in man_page(ours, EPOCH)


def test_the_control_file_has_every_field_a_package_needs() -> None:
    lines = debian.control("0.1.0", "amd64", "libc6 (>= 2.34)", 1234).splitlines()
    fields = dict(line.split(": ", 1) for line in lines if not line.startswith(" "))
    assert {"Package", "Version", "Architecture", "Maintainer", "Installed-Size", "Depends", "Description"} <= set(fields)
    assert fields["Package"] == "kontinuum" and fields["Installed-Size"] == "1234"
    assert len(fields["Description"]) <= 80 and all(len(line) <= 80 for line in lines if line.startswith(" "))


def test_the_names_of_a_depends_line_are_read() -> None:
    assert debian.packages_of("libc6 (>= 2.34), libgl1, libfoo | libbar") == ["libc6", "libgl1", "libfoo"]


def test_the_menu_entry_is_valid_and_speaks_three_languages() -> None:
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(TEMPLATES / "kontinuum.desktop", encoding="utf-8")
    found = entry["Desktop Entry"]
    assert (found["Type"], found["Exec"], found["Icon"], found["Terminal"]) == ("Application", "kontinuum", "kontinuum", "false")
    for key in ("GenericName", "Comment", "Keywords"):
        texts = {found[key], found[f"{key}[sv]"], found[f"{key}[fi]"]}
        assert len(texts) == 3 and all(texts)
    assert {"Office", "Qt"} <= set(found["Categories"].split(";"))
    assert all(found[key].endswith(";") for key in found if key.startswith(("Keywords", "Categories")))


def test_the_entry_for_software_centres_is_whole_in_three_languages() -> None:
    found = Tree.fromstring(debian.metainfo(CONTENTS, EPOCH))
    assert found.findtext("launchable") == "kontinuum.desktop" and found.findtext("metadata_license") == "MIT"
    release = found.find("releases/release")
    assert release is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", release.get("date", ""))
    for parent, tag in ((found, "summary"), (found.find("description"), "p"), (found.find("description/ul"), "li")):
        assert parent is not None
        languages = [text.get(XML, "en") for text in parent.findall(tag)]
        assert languages == ["en", "sv", "fi"] * (len(languages) // 3) and languages


def test_the_manual_page_has_every_command_and_option() -> None:
    page = man_page("0.1.0", EPOCH)
    top = parser()
    names = [name for action in top._actions for name in (getattr(action, "choices", None) or ())]
    assert len(names) > 8
    for name in (*names, "--json", "--dry-run", "--people"):
        assert name.replace("-", "\\-") in page, name
    assert not [line for line in page.splitlines() if line.startswith("'")]


def test_every_part_comes_with_the_text_of_its_licence() -> None:
    names = closure()
    assert {"PySide6_Essentials", "shiboken6", "SQLAlchemy", "sqlcipher3", "reportlab"} <= set(names)
    places = {place for place, path in all_texts(ROOT, names) if path.stat().st_size > 100}
    assert {place.partition("/")[0] for place in places} >= {*names, "Kontinuum", "Python", "fonts"}
    assert {"LGPL-3.0.txt", "GPL-3.0.txt", "Apache-2.0.txt", "NOTICE.txt"} <= places


def test_a_part_without_the_text_of_its_licence_stops_the_build(tmp_path: Path) -> None:
    shutil.copytree(ROOT / OWN / "common", tmp_path / OWN / "common")
    shutil.copytree(ROOT / "resources" / "fonts", tmp_path / "resources" / "fonts")
    with pytest.raises(LicenceMissing, match="PySide6_Essentials"):
        list(all_texts(tmp_path, ["SQLAlchemy", "PySide6_Essentials"]))


def test_the_icon_is_drawn_in_every_size(tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    for size, path in icons.draw_icons(TEMPLATES / "kontinuum.svg", tmp_path).items():
        image = QImage(str(path))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0 and image.pixelColor(size // 2, size // 4).alpha() == 255


def test_the_windows_script_keeps_data_and_needs_no_administrator() -> None:
    script = inno_script(CONTENTS, Path("kontinuum"))
    assert "PrivilegesRequired=lowest" in script and "UNTESTED" in script
    assert "[UninstallDelete]" not in script
    assert all(f'Name: "{code}"' in script for code in ("en", "sv", "fi"))


@needs_dpkg
def test_the_same_program_makes_the_same_package_with_what_its_libraries_need(tmp_path: Path) -> None:
    packages = [made_package(tmp_path / name, EPOCH) for name in ("one", "two")]
    assert packages[0].read_bytes() == packages[1].read_bytes()
    shop = Workshop(tmp_path / "one", EPOCH)
    text = (shop.folder / "deb/DEBIAN/control").read_text(encoding="utf-8")
    assert re.search(r"^Depends: .*\blibc6 \(>= [\d.]+\)", text, re.MULTILINE)
    tree = shop.folder / "deb"
    assert os.readlink(tree / "usr/bin/kontinuum") == "../lib/kontinuum/kontinuum"
    for name in ("applications/kontinuum.desktop", "man/man1/kontinuum.1.gz", "icons/hicolor/48x48/apps/kontinuum.png"):
        assert (tree / "usr/share" / name).stat().st_mode & 0o777 == 0o644
    assert (tree / "usr/lib/kontinuum/kontinuum").stat().st_mode & 0o777 == 0o755
    assert "../" not in (tree / "DEBIAN/md5sums").read_text(encoding="utf-8")


@needs_dpkg
def test_a_library_that_nobody_brings_stops_the_build(tmp_path: Path) -> None:
    program = tmp_path / "deb" / "usr/lib/kontinuum"
    program.mkdir(parents=True)
    content = Path(shutil.which("true") or "/bin/true").read_bytes()
    assert b"libc.so.6" in content
    (program / "kontinuum").write_bytes(content.replace(b"libc.so.6", b"libq.so.6"))
    with pytest.raises(debian.NotBuilt, match=r"libq\.so\.6"):
        debian.depends(program)


def made_package(folder: Path, epoch: int) -> Path:
    """A package of a program that is one small executable."""
    shop = Workshop(folder, epoch)
    shop.inside.mkdir(parents=True)
    shutil.copyfile(shutil.which("true") or "/bin/true", shop.program / "kontinuum")
    (shop.program / "kontinuum").chmod(0o755)
    icons.draw_icons(TEMPLATES / "kontinuum.svg", folder / "icons")
    return debian.build_deb(shop, CONTENTS)

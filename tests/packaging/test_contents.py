"""What is collected for the built program is all of it, and its doctor says what is not there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.core.packed import LIST, Packed, opened_by, read_packed
from desktop.doctor import unopened
from installer.contents import ROOT, Contents, imports, python_library
from installer.pruning import kept
from tests.packaging.conftest import Program

CONTENTS = Contents()
LANGUAGES = ("en", "sv", "fi")


def test_the_collected_parts_alone_are_a_whole_program(program: Program) -> None:
    told = program.doctor()
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(CONTENTS.targets)} parts and {len(CONTENTS.data)} files of the program" in told.stdout


def test_the_doctor_names_what_was_left_out(program: Program) -> None:
    page, manifest = "desktop/modules/phones/rounds_page.py", "desktop/modules/policies/manifest.py"
    texts = "resources/locale/sv/LC_MESSAGES/kontinuum.mo"
    with program.without(page, manifest, texts):
        told = program.doctor()
    assert told.returncode == 2
    assert "MISSING  part desktop.modules.phones.rounds_page:RoundsPage (ModuleNotFoundError" in told.stdout
    assert "MISSING  part desktop.modules.policies.manifest (ModuleNotFoundError" in told.stdout
    assert f"MISSING  file {texts}" in told.stdout


def test_every_name_a_manifest_opens_is_a_target() -> None:
    assert set(opened_by(CONTENTS.manifests)) <= set(CONTENTS.targets)
    assert len(CONTENTS.manifests) >= 4


def test_names_of_document_makers_in_the_code_are_targets() -> None:
    assert "desktop.modules.policies.reports:render_policy" in CONTENTS.targets


def test_a_target_that_does_not_open_is_told() -> None:
    assert unopened("desktop.people.list_page:PeopleListPage") is None
    assert "no Nothing in it" in getattr(unopened("desktop.people.list_page:Nothing"), "text", "")
    assert "ModuleNotFoundError" in getattr(unopened("desktop.people.no_page:Nothing"), "text", "")


def test_all_kinds_of_files_the_program_reads_are_there_and_none_that_only_developers_read() -> None:
    data = CONTENTS.data
    assert {Path(name).suffix for name in data} >= {".svg", ".ttf", ".mo", ".toml", ".py", ".txt"}
    assert all("migrations" in name for name in data if name.endswith(".py"))
    assert not [name for name in data if name.endswith((".po", ".pot")) or "/tests/" in name or "packaging" in name]
    assert not [name for name in CONTENTS.modules if ".tests" in name]


def test_a_module_added_later_needs_no_line_in_the_script(tmp_path: Path) -> None:
    for name in ("db", "desktop", "resources", "installer"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    module = tmp_path / "desktop" / "modules" / "visitors"
    files = {
        "__init__.py": '"""Visitors."""\n',
        "manifest.py": '"""Visitors."""\nfrom db.texts import _\nfrom desktop.core.manifest import Manifest, Page\n'
        'MANIFEST = Manifest("visitors", _("Visitors"), "people", "desk", 90, '
        'pages=(Page("visitors.list", _("Visitors"), "", f"{__package__}.pages:ListPage"),))\n',
        "pages.py": '"""Pages."""\nclass ListPage: ...\n',
        "migrations/visitors_0001_first.py": '"""First."""\nimport colorsys\nrevision = "visitors_0001"\n',
        "icons/visitors.svg": "<svg/>",
        "locale/sv/LC_MESSAGES/visitors.mo": "",
        "tests/test_pages.py": '"""Tests."""\n',
    }
    for name, text in files.items():
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text(text, encoding="utf-8")
    code = "from installer.contents import Contents as C; import json; c = C(); print(json.dumps([c.targets, c.data, c.hidden]))"
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    targets, data, hidden = json.loads(told.stdout)
    assert "desktop.modules.visitors.pages:ListPage" in targets
    below = {name.removeprefix("desktop/modules/visitors/") for name in data if "visitors" in name}
    assert below == {"migrations/visitors_0001_first.py", "icons/visitors.svg", "locale/sv/LC_MESSAGES/visitors.mo"}
    assert "colorsys" in hidden


def test_what_revisions_import_is_packed_since_no_tool_sees_it() -> None:
    assert {"alembic", "sqlalchemy"} <= set(CONTENTS.hidden)
    assert list(imports(ROOT / "desktop" / "core" / "packed.py"))[:2] == ["json", "collections.abc"]


def test_modules_from_outside_find_python_s_own_library() -> None:
    library = set(python_library())
    assert {"csv", "email.mime.text", "sqlite3", "xml.etree.ElementTree", "asyncio.subprocess"} <= library
    assert not [name for name in library if name.startswith(("tkinter", "test", "idlelib", "ensurepip"))]


def test_the_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_packed(tmp_path) is None
    packed = Packed("1.2", ("a.b:C",), ("räksmörgås.svg",))
    (tmp_path / LIST).parent.mkdir()
    (tmp_path / LIST).write_text(packed.written(), encoding="utf-8")
    assert read_packed(tmp_path) == packed


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/plugins/platforms/qwindows.dll", "PySide6/Qt/lib/libQt6Gui.so.6",
        "PySide6/Qt/plugins/platforminputcontexts/libcomposeplatforminputcontextplugin.so", "babel/locale-data/sv_SE.dat",
        "PySide6/Qt/translations/qtbase_fi.qm", "babel/locale-data/root.dat", "libpython3.11.so.1.0", "db/migrations/a.py",
    ],
)  # fmt: skip
def test_what_the_program_loads_stays(name: str) -> None:
    assert kept(name, f"/somewhere/{name}", LANGUAGES)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so", "PySide6/Qt/plugins/platforms/libqvnc.so", "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt/translations/qtbase_de.qm", "PySide6/Qt/translations/designer_sv.qm", "babel/locale-data/de_AT.dat",
        "PySide6/Qt6Quick.dll", "PySide6/QtWidgets.pyi",
    ],
)  # fmt: skip
def test_what_it_never_loads_goes(name: str) -> None:
    assert not kept(name, f"/somewhere/{name}", LANGUAGES)

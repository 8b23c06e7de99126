"""Catalogues follow the marked texts, keep what was translated, and come out the same every time."""

from pathlib import Path

import pytest

from db.texts import Msgid
from desktop.core.catalogues import run
from desktop.core.texts import Catalogues, Texts


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A small program with one module."""
    for folder in ("db", "desktop/core/tests", "desktop/modules/calls"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "db" / "a.py").write_text('x = _("Save")\ny = ngettext("{count} man", "{count} men")\n')
    (tmp_path / "desktop" / "core" / "tests" / "test_a.py").write_text('x = _("Only a test")\n')
    (tmp_path / "desktop" / "modules" / "calls" / "manifest.py").write_text('x = _("Calls")\n')
    return tmp_path


def content(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*.*o*") if path.suffix in (".po", ".pot", ".mo")}


def translate(root: Path, english: str, translated: str) -> None:
    path = root / "resources/locale/sv/LC_MESSAGES/kontinuum.po"
    path.write_text(path.read_text().replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{translated}"'))


def test_each_module_has_catalogues_of_its_own(program: Path) -> None:
    run(program, check=False)
    assert {path.relative_to(program).as_posix() for path in content(program) if path.suffix == ".pot"} == {
        "resources/locale/kontinuum.pot",
        "desktop/modules/calls/locale/calls.pot",
    }
    core = (program / "resources/locale/kontinuum.pot").read_text()
    assert "Save" in core
    assert "{count} men" in core
    assert "Calls" not in core
    assert "Only a test" not in core


def test_a_second_run_changes_nothing_and_names_no_place_or_time(program: Path) -> None:
    run(program, check=False)
    first = content(program)
    run(program, check=False)
    assert content(program) == first
    assert all(str(program).encode() not in text and b"Date: 2" not in text for text in first.values())


def test_a_translation_is_kept_and_compiled(program: Path) -> None:
    run(program, check=False)
    translate(program, "Save", "Spara")
    run(program, check=False)
    assert Texts("sv", Catalogues(core=program / "resources/locale")).say(Msgid("Save")) == "Spara"


def test_a_changed_text_is_never_guessed(program: Path) -> None:
    run(program, check=False)
    translate(program, "Save", "Spara")
    (program / "db" / "a.py").write_text('x = _("Save!")\n')
    assert "kontinuum sv: no translation of 'Save!'" in run(program, check=False)
    assert "Spara" not in (program / "resources/locale/sv/LC_MESSAGES/kontinuum.po").read_text()


def test_the_check_names_what_is_missing_or_stale_and_writes_nothing(program: Path) -> None:
    wrong = run(program, check=True)
    assert "resources/locale/kontinuum.pot is not up to date" in wrong
    assert "calls fi: no translation of 'Calls'" in wrong
    assert content(program) == {}
    run(program, check=False)
    assert not any("not up to date" in line for line in run(program, check=True))
    translate(program, "Save", "Spara")
    assert any(line.endswith("sv/LC_MESSAGES/kontinuum.mo is not up to date") for line in run(program, check=True))

"""What the script says when the machine or the account does not allow all of it."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from build_installer import look, tell
from installer import bare_root, system
from installer.debian import NotBuilt
from installer.freezing import Workshop, size
from installer.proof import Figures
from installer.screen import _alike
from installer.start import give_back

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="these are questions of Linux")


def test_without_the_rights_of_root_it_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "rights of root" in bare_root.why_not()


def test_a_missing_tool_is_named_with_the_line_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system, "TOOLS", {"no-such-tool": "some-package"})
    monkeypatch.setattr(system, "LIBRARIES", {"no-such-library": "libsome1"})
    assert system.missing_packages(proof=True) == ["libsome1", "some-package"]
    with pytest.raises(NotBuilt, match="sudo apt-get install .*libsome1 some-package"):
        system.provide(proof=True)


def test_a_machine_with_everything_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "TOOLS", {"sh": "dash"})
    monkeypatch.setattr(system, "LIBRARIES", {"c": "libc6"})
    monkeypatch.setattr(system, "FOR_THE_PROOF", {"sh": "dash"})
    system.provide(proof=True)
    assert system.missing_packages(proof=True) == []


def test_commands_on_the_bare_root_see_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", "/ours")
    words = bare_root.BareRoot(tmp_path).command(["kontinuum", "doctor"], extra={"DISPLAY": ":7"})
    assert words[-2:] == ["kontinuum", "doctor"] and "DISPLAY=:7" in words and f"--userspec={bare_root.USER}" in " ".join(words)
    assert not [word for word in words if "/ours" in word]
    assert words.index("-i") == words.index("/usr/bin/env") + 1


def test_a_blinking_cursor_is_no_change_and_a_new_list_is() -> None:
    empty = tuple(struct.pack("<4I", *[0] * 4) for _line in range(180))
    white = struct.pack("<4I", *[0xFFFFFF] * 4)
    assert _alike((white,) * 4 + empty[4:], empty)
    assert not _alike((white,) * 20 + empty[20:], empty)


def test_a_start_slower_than_the_source_run_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    tell(Figures(warm=1.0, warm_source=1.0), Workshop(tmp_path, 0))
    assert "starts slower" not in capsys.readouterr().out
    tell(Figures(warm=1.2, warm_source=1.0), Workshop(tmp_path, 0))
    assert "starts slower" in capsys.readouterr().out


@pytest.mark.parametrize("before", [{}, {"LD_LIBRARY_PATH": "/opt/office"}])
def test_programs_we_open_load_the_system_s_libraries_and_not_ours(before: dict[str, str]) -> None:
    started = {"LD_LIBRARY_PATH": "/usr/lib/kontinuum/_internal", "HOME": "/home/kim"}
    started |= {f"{name}_ORIG": value for name, value in before.items()}
    give_back(started)
    assert started == {"HOME": "/home/kim", **before}


def test_a_built_program_that_is_not_whole_stops_the_build(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, 0)
    shop.program.mkdir(parents=True)
    built = shop.program / "kontinuum"
    built.write_text("#!/bin/sh\necho 'ok       fonts'\n", encoding="utf-8")
    built.chmod(0o755)
    assert look(shop) == "its doctor finds nothing missing"
    built.write_text("#!/bin/sh\necho 'ok       fonts'\necho 'MISSING  part a.b:C'\nexit 2\n", encoding="utf-8")
    with pytest.raises(NotBuilt, match="part a.b:C"):
        look(shop)


def test_a_file_with_several_names_weighs_once(tmp_path: Path) -> None:
    (tmp_path / "driver").write_bytes(b"x" * 1000)
    (tmp_path / "other-name").hardlink_to(tmp_path / "driver")
    (tmp_path / "link").symlink_to("driver")
    assert size(tmp_path) == 1000

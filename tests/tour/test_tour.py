"""The tour walks through the real program, threads and worker process included, or says which step failed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.tour import guide as tour_guide
from desktop.tour import rounds as tour_rounds
from desktop.tour.guide import Guide, TourFailed
from desktop.tour.rounds import Round, run_tour

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames


def test_the_whole_tour_is_walked_and_leaves_pictures_and_documents(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour_guide, "THEMES", ("dark",))
    made = run_tour(tmp_path, [Round("fi")])
    names = [path.name for path in made]
    for stop in (
        "first-start",
        "my-day",
        "person",
        "import-preview",
        "import-done",
        "call-taken-back",
        "signature-filed",
        "import-columns",
        "segment",
        "duplicates",
        "merge",
        "units-and-posts",
        "retention-due",
        "retention-old-rows",
        "retention-disposals",
        "protected-people",
        "access-report",
        "erase",
        "backups",
        "history",
    ):
        assert any(name.endswith(f"-{stop}-dark.png") for name in names), stop
    assert {"policy.pdf", "consent-form.pdf", "disposal-certificate.pdf"} <= set(names)
    assert {path.parent for path in made} == {tmp_path / "fi"}
    for path in made:
        if path.suffix == ".pdf":
            assert path.read_bytes().startswith(b"%PDF-")
        else:
            assert not _is_blank(QImage(str(path))), path.name


def test_a_step_that_does_not_happen_is_named(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_still(guide: Guide, folder: Path) -> None:
        guide.wait("the moon rises", lambda: False, seconds=0.1)

    monkeypatch.setattr(tour_guide, "THEMES", ("light",))
    monkeypatch.setattr(tour_rounds, "walk", stand_still)
    with pytest.raises(TourFailed, match="the moon rises"):
        run_tour(tmp_path, [Round("en")])


def test_an_error_told_in_the_window_fails_the_tour(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(guide: Guide, folder: Path) -> None:
        assert guide.app.desk is not None
        guide.app.desk.messages.show(OSError("disk"), "walking")
        guide.calm()

    monkeypatch.setattr(tour_guide, "THEMES", ("light",))
    monkeypatch.setattr(tour_rounds, "walk", stumble)
    with pytest.raises(TourFailed, match="went wrong while walking"):
        run_tour(tmp_path, [Round("en")])


def test_the_users_own_name_is_not_in_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    with tour_rounds._signed_in_as("kim"):
        assert os.environ["LOGNAME"] == "kim"
    assert os.environ["LOGNAME"] == "somebody"


def _is_blank(image: QImage) -> bool:
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    return image.width() < 300 or len(colours) < 5

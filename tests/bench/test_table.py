"""`python -m bench --people N` measures every part beside its floor and says what was reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.figures import RATE, Figure, goals_of, judge, table
from bench.parts import PARTS
from bench.sites import ENGINES, POSTGRESQL, SQLITE
from tests.servers import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=ENGINES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run over a small register, each figure taken as seldom as can be: what it printed and what it wrote."""
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "bench", "--people", "300", "--repeat", "0", "--json", str(folder / "figures.json")]
    if request.param == POSTGRESQL:
        server: Server = request.getfixturevalue("server")
        before = _there(server)
        command += ["--engine", POSTGRESQL, "--dsn", server.dsn()]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if request.param == POSTGRESQL:
        assert _there(server) == before  # a server that is somebody's is left as it was found
    return {"printed": done.stdout, **json.loads((folder / "figures.json").read_text(encoding="utf-8"))}


def _there(server: Server) -> set[str]:
    """The databases and roles of a server."""
    with server.connect() as connection:
        rows = connection.execute("SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles").fetchall()
    return {str(name) for (name,) in rows}


def test_every_goal_has_its_figure(run: dict[str, Any]) -> None:
    works = {figure["work"] for figure in run["figures"]}
    alike = set() if run["engine"] == SQLITE else {"1,000 letters"}  # which know no database
    assert works >= goals_of(run["engine"]).keys() - alike
    assert all(work in run["printed"] for work in works)


def test_every_figure_stands_beside_a_floor(run: dict[str, Any]) -> None:
    for figure in run["figures"]:
        assert figure["ours"] > 0 and figure["floor"] > 0 and figure["ratio"] == pytest.approx(figure["ours"] / figure["floor"])
        assert figure["people"] == 300 and all(isinstance(reached, bool) for reached in figure["goals"].values())


def test_the_window_finds_whom_is_looked_for(run: dict[str, Any]) -> None:
    found = {figure["work"]: figure["right"] for figure in run["figures"]}
    assert found["search, service"] == found["search, key to rows"] == 1.0


def test_a_goal_missed_is_called_so() -> None:
    fast, slow = Figure("list", "first page", 1000, "ms", 4, 1), Figure("list", "first page", 10_000, "ms", 40, 1)
    judge([fast, slow])
    assert fast.goals == {"≤ 5 × raw": True} and slow.goals == {"≤ 5 × raw": False}
    assert slow.growth == pytest.approx(1.0) and fast.growth is None
    assert "MISSED: ≤ 5 × raw" in table([fast, slow])


def test_a_server_has_goals_of_its_own() -> None:
    call = Figure("log", "log a call", 1000, "ms", 5, 2)
    judge([call], POSTGRESQL)
    assert call.goals == {"≤ 2 × raw": False}
    judge([call], SQLITE)
    assert call.goals["≤ 3 × raw"]


def test_of_a_rate_more_is_better() -> None:
    good, bad = Figure("import", "import", 1000, RATE, 60, 100), Figure("import", "import", 1000, RATE, 40, 100)
    judge([good, bad])
    assert good.goals == {"≥ 0.5 × raw": True} and bad.goals == {"≥ 0.5 × raw": False}


def test_an_unknown_part_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--people", "10", "--only", "flying"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 2 and "no such part: flying" in done.stderr and all(part in done.stderr for part in PARTS)

"""`python -m bench.years` adds lines to a kept register and its floor alike, each with its step in the history."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from bench.site_on_server import OnServer
from tests.servers import served

ROOT = Path(__file__).parents[2]
LINES = 11_000


def test_lines_come_to_both_alike(tmp_path: Path) -> None:
    with served() as server:
        kept = ["--engine", "postgresql", "--dsn", server.dsn(), "--keep", str(tmp_path), "--people", "300", "--repeat", "0"]
        run("bench", *kept, "--only", "open")
        told = run("bench.years", "--dsn", server.dsn(), "--lines", str(LINES))
        assert "interaction" in told and "GB of indexes" in told
        run("bench", *kept, "--only", "open")  # which compares the lines of a card with the floor's

        site = OnServer(tmp_path, server.dsn())
        name = next(each for each in site.names() if not each.endswith("-imported"))
        with psycopg.connect(site.administrators(name)) as ours, psycopg.connect(site.floor(name)) as floor:
            steps = ours.execute(
                "SELECT count(*) FROM core.interaction i JOIN core.change_set c ON c.id = i.made_in "
                "WHERE i.by_name = 'Kansliet' AND c.refs = ARRAY[i.person_id] AND c.at = i.at"
            ).fetchone()
            assert steps == (LINES,)
            for database in (ours, floor):
                indexes = database.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'interaction'").fetchone()
                assert indexes == ((4,) if database is ours else (3,))


def test_a_server_without_a_kept_register_is_refused() -> None:
    with served() as server:
        done = started("bench.years", "--dsn", server.dsn(), "--lines", "10")
    assert done.returncode == 2 and "found 0" in done.stderr


def run(module: str, *arguments: str) -> str:
    """What it printed; it must have gone well."""
    done = started(module, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def started(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=300, cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=False,
    )  # fmt: skip

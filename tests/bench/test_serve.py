"""Another program measures the services through one JSON object a line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.sites import ENGINES, POSTGRESQL
from tests.servers import Server

Ask = Callable[..., dict[str, Any]]
FIRST = ["Mia", "Olof", "Eva", "Åsa", "Örjan"]
LAST = ["Aberg", "Åberg", "Ärlig", "Öberg", "Zetterberg", "Berg", "Ek", "Lind", "Dahl", "Näslund"]
CITIES = ["Luleå", "Umeå", "Vasa", "Åbo"]


def people_table() -> str:
    """Fifty people; the same table every time."""
    return "".join(
        f"p{n}\t{FIRST[n % 5]}\t{LAST[n % 10]}\t19{60 + n % 40}-01-02\tperson.{n}@x.example\t070-174 06 {n:02}\tGatan {n}"
        f"\t123 45\t{CITIES[n % 4]}\t\n"
        for n in range(50)
    )


def contacts_table() -> str:
    """A call for everybody and a meeting for every second one, a day apart."""
    rows = [f"p{n}\tcall\t2026-{1 + n % 12:02}-15T10:00:00\tnote {n}\n" for n in range(50)]
    return "".join(rows + [f"p{n}\tmeeting\t2026-06-01T10:00:00\t\n" for n in range(0, 50, 2)])


@pytest.fixture(scope="module", params=ENGINES)
def asking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """The measuring process with the tables loaded; on a server, in a database that is not new to it."""
    folder = tmp_path_factory.mktemp("bench")
    started: Server | None = request.getfixturevalue("server") if request.param == POSTGRESQL else None
    address = started.fresh("bench") if started else str(folder / "bench.kontinuum")
    command = [sys.executable, "-m", "bench", "serve", "--engine", request.param]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask(line: str = "", /, **asked: Any) -> dict[str, Any]:
            stdin.write((line or json.dumps(asked)) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
            assert isinstance(answer["ok"], bool) and answer["ms"] >= 0
            return answer

        (folder / "people.tsv").write_text(people_table(), encoding="utf-8")
        for _time in range(2):
            opened = ask(op="open", db=address, fresh=True)
            assert opened["ok"], opened
        assert ask(op="load", people=str(folder / "people.tsv"))["ok"]
        assert ask(op="load_inter", inter=contacts_table())["ok"]
        yield ask
        assert ask(op="quit")["ok"]
        assert process.wait(timeout=20) == 0
    if started:
        started.drop(address)


def test_search_answers_with_the_tables_own_ids(asking: Ask) -> None:
    rows = asking(op="search", q="person.17@x", limit=5)["rows"]
    assert [row[0] for row in rows] == ["p17"] and "person.17@x.example" in rows[0][1]


def test_exact_letters_come_first(asking: Ask) -> None:
    rows = asking(op="search", q="åberg", limit=20)["rows"]
    assert {row[0] for row in rows} == {f"p{n}" for n in range(50) if n % 10 in (0, 1)}
    assert {row[0] for row in rows[:5]} == {"p1", "p11", "p21", "p31", "p41"}


@pytest.mark.parametrize("typed", ["0701740607", "+46 70 174 06 07", "070-174 06 07"])
def test_a_phone_is_found_in_any_writing(asking: Ask, typed: str) -> None:
    assert [row[0] for row in asking(op="search", q=typed, limit=5)["rows"]] == ["p7"]


def test_the_list_is_everybody_once_by_name(asking: Ask) -> None:
    rows = [row for offset in (0, 20, 40) for row in asking(op="list", offset=offset, limit=20)["rows"]]
    assert {row[0] for row in rows} == {f"p{n}" for n in range(50)} and len(rows) == 50
    families = list(dict.fromkeys(row[1].split(",")[0] for row in rows))
    assert families == ["Aberg", "Berg", "Dahl", "Ek", "Lind", "Näslund", "Zetterberg", "Åberg", "Ärlig", "Öberg"]


@pytest.mark.parametrize(
    ("city", "kind", "since"),
    [("Luleå", "call", "2026-06-01"), ("Vasa", "meeting", "2026-01-01"), ("Åbo", "meeting", "2026-01-01")],
)
def test_the_filter_counts_exactly(asking: Ask, city: str, kind: str, since: str) -> None:
    wanted = {
        f"p{n}" for n in range(50)
        if CITIES[n % 4] == city and (f"2026-{1 + n % 12:02}-15" >= since if kind == "call" else n % 2 == 0)
    }  # fmt: skip
    answer = asking(op="filter", city=city, type=kind, since=since)
    assert answer["count"] == len(wanted) and {row[0] for row in answer["rows"]} == wanted


def test_the_card_counts_what_it_shows(asking: Ask) -> None:
    answer = asking(op="open_person", person="p4")
    assert (answer["name"], answer["contacts"], answer["timeline"]) == ("Örjan Zetterberg", 3, 2)


def test_a_call_is_stored_when_the_answer_comes(asking: Ask) -> None:
    before = asking(op="open_person", person="p3")["timeline"]
    assert asking(op="log_call", person="p3", at="2026-11-20T09:00:00", note="Återkommer <b>")["ok"]
    assert asking(op="open_person", person="p3")["timeline"] == before + 1


def test_memory_is_told(asking: Ask) -> None:
    assert asking(op="rss")["rss_mb"] > 10


@pytest.mark.parametrize(
    "line",
    ["nonsense", "[]", "{}", '{"op": "fly"}', '{"op": "search"}', '{"op": "open_person", "person": "nobody"}',
     '{"op": "load", "people": "/not/there.tsv"}', '{"op": "log_call", "person": "p1", "at": "yesterday"}'],
)  # fmt: skip
def test_a_bad_line_is_answered_and_the_next_one_works(asking: Ask, line: str) -> None:
    answer = asking(line)
    assert not answer["ok"] and answer["error"]
    assert asking(op="search", q="zetterberg", limit=1)["ok"]


def test_without_a_database_it_says_so() -> None:
    asked = '{"op": "search", "q": "x"}\n'
    command = [sys.executable, "-m", "bench", "serve"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert done.returncode == 0 and "open a database first" in json.loads(done.stdout)["error"]
    bare = subprocess.run(command[:3], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2])
    assert bare.returncode == 2 and "usage" in bare.stderr

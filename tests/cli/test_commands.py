"""Each command does what it says, through the same services as the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from db.accounts import add_user
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.profiles import Places, save_profile
from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from tests.cli.conftest import LIST, POLICY, Run


def test_an_import_counts_and_makes_the_file(run: Run, db: Path, people: Path) -> None:
    done = run("--db", db, "--json", "import", "people", people)
    assert done.code == 0
    data = done.data
    assert set(data) == {"new", "same", "changed", "clash", "several", "faulty", "change_set"}
    change_set = data.pop("change_set")
    assert data == {"new": 2, "same": 0, "changed": 0, "clash": 0, "several": 0, "faulty": 1} and len(change_set) == 36
    assert run("--db", db, "history", "list", "--json").data[0]["id"] == change_set


def test_the_same_file_again_changes_nothing(run: Run, db: Path, people: Path) -> None:
    run("--db", db, "import", "people", people)
    steps = len(run("--db", db, "--json", "history", "list").data)
    again = run("--db", db, "--json", "import", "people", people)
    counts = {"new": 0, "same": 2, "changed": 0, "clash": 0, "several": 0, "faulty": 1}
    assert again.data == {**counts, "change_set": None}
    assert len(run("--db", db, "--json", "history", "list").data) == steps


def test_a_changed_row_is_told_from_the_same_ones(run: Run, db: Path, people: Path) -> None:
    run("--db", db, "import", "people", people)
    people.write_text(LIST.replace("Luleå", "Kiruna"), encoding="utf-8")
    assert run("--db", db, "--json", "import", "people", people, "--dry-run").data["changed"] == 1
    data = run("--db", db, "--json", "import", "people", people).data
    assert (data["same"], data["changed"]) == (1, 1) and data["change_set"]


def test_a_dry_run_counts_and_makes_nothing(run: Run, db: Path, people: Path, home: Path) -> None:
    dry = run("--db", db, "import", "people", people, "--dry-run", "--json")
    counts = {"new": 2, "same": 0, "changed": 0, "clash": 0, "several": 0, "faulty": 1}
    assert dry.data == {**counts, "change_set": None}
    assert not db.exists() and not list(home.rglob("*.kontinuum"))
    run("--db", db, "import", "people", people)
    before = db.read_bytes()
    run("--db", db, "import", "people", people, "--dry-run")
    assert db.read_bytes() == before


def test_an_import_in_words_names_the_way_back(run: Run, db: Path, people: Path) -> None:
    done = run("--db", db, "import", "people", people)
    assert done.out.startswith(
        "list.csv: 2 new, 0 same, 0 changed, 0 clash, 0 several, 1 faulty; take back with: history take-back "
    )
    undone = run("--db", db, *done.out.strip().rpartition("with: ")[2].split())
    assert undone.code == 0 and run("--db", db, "--json", "search", "åberg").data == []


@pytest.mark.parametrize("typed", ["åberg mia", "070-174 06 05", "mia.aberg@", "ABERG"])
def test_search_gives_the_best_first(run: Run, office: Path, typed: str) -> None:
    hits = run("search", typed, "--db", office, "--json").data
    assert [set(hit) for hit in hits] == [{"kind", "id", "name", "detail"}]
    assert (hits[0]["kind"], hits[0]["name"], hits[0]["detail"]) == ("person", "Åberg, Mia", "mia.aberg@uni.example")
    assert "Åberg, Mia" in run("--db", office, "search", typed).out


def test_search_that_finds_nobody_is_no_failure(run: Run, office: Path) -> None:
    assert run("--db", office, "--json", "search", "nobody").data == []
    assert run("--db", office, "--json", "search", "berg", "--limit", 1).code == 0


@pytest.mark.parametrize(
    "words", [["search", "x"], ["history", "list"], ["backup"], ["check"], ["print", "policy", "x", "--out", "x.pdf"]]
)
def test_what_only_reads_makes_no_file(run: Run, db: Path, words: list[str]) -> None:
    assert "office.kontinuum" in run("--db", db, *words).sentence
    assert not db.exists()


def test_without_db_it_is_the_users_own_file(run: Run, people: Path, home: Path) -> None:
    assert run("import", "people", people).code == 0
    assert (home / "data" / "kontinuum" / "kontinuum.kontinuum").is_file()
    assert len(run("search", "mia", "--json").data) == 1


def test_a_profile_stands_for_a_file(run: Run, db: Path, people: Path) -> None:
    save_profile(Places.of_this_machine(), "admissions", db)
    run("--db", "admissions", "import", "people", people)
    assert db.is_file() and len(run("--db", "admissions", "--json", "search", "mia").data) == 1


def test_history_is_newest_first_in_words(run: Run, db: Path, people: Path, policy: Path) -> None:
    run("--db", db, "import", "people", people)
    run("--db", db, "import", "policy", policy)
    lines = run("--db", db, "history", "list", "--json").data
    assert all(set(line) == {"id", "at", "actor", "verb", "text"} and line["text"] for line in lines)
    assert [line["verb"] for line in lines][:2] == ["import_policy", "import_people"]
    assert [line["at"] for line in lines] == sorted((line["at"] for line in lines), reverse=True)
    assert "list.csv" in lines[1]["text"]
    assert len(run("--db", db, "history", "list", "--limit", 1, "--json").data) == 1


def test_an_import_is_taken_back_by_a_short_id_once(run: Run, db: Path, people: Path) -> None:
    own = run("--db", db, "--json", "import", "people", people).data["change_set"]
    undone = run("--db", db, "--json", "history", "take-back", own[-8:]).data
    assert undone["undone"] > 4 and undone["kept"] == [] and undone["change_set"]
    assert run("--db", db, "--json", "search", "mia").data == []
    assert "already taken back" in run("--db", db, "history", "take-back", own).sentence
    assert run("--db", db, "history", "take-back", undone["change_set"]).code == 0
    assert len(run("--db", db, "--json", "search", "mia").data) == 1


@pytest.mark.parametrize("wrong", ["ffffffffffff", "xyz", "zz zz", ""])
def test_an_id_nobody_has_is_told(run: Run, office: Path, wrong: str) -> None:
    assert run("--db", office, "history", "take-back", wrong).sentence


def test_a_policy_comes_in_and_is_printed_with_its_consent_page(run: Run, db: Path, policy: Path, tmp_path: Path) -> None:
    data = run("--db", db, "--json", "import", "policy", policy).data
    assert {**data, "change_set": None} == {"new": 1, "same": 0, "changed": 0, "faulty": 0, "change_set": None}
    assert data["change_set"]
    again = run("--db", db, "--json", "import", "policy", policy).data
    assert again == {"new": 0, "same": 1, "changed": 0, "faulty": 0, "change_set": None}
    out = tmp_path / "ut put" / "policy.pdf"
    assert run("--db", db, "print", "policy", "alumni policy", "--out", out).code == 0
    text = "".join(page.extract_text() for page in PdfReader(out).pages)
    assert "Alumni policy" in text and "Bakgrund" in text and "chair@uni.example" in text
    consent = tmp_path / "consent.pdf"
    printed = run("--db", db, "--json", "print", "policy", "Alumni policy", "--consent", "--out", consent).data
    assert printed == {"file": str(consent), "bytes": consent.stat().st_size}
    form = "".join(page.extract_text() for page in PdfReader(consent).pages)
    assert "Namnteckning" in form or "Underskrift" in form


def test_a_policy_dry_run_makes_nothing(run: Run, db: Path, policy: Path) -> None:
    dry = run("--db", db, "--json", "import", "policy", policy, "--dry-run").data
    assert dry == {"new": 1, "same": 0, "changed": 0, "faulty": 0, "change_set": None}
    assert not db.exists()


def test_a_policy_import_is_taken_back(run: Run, db: Path, policy: Path, tmp_path: Path) -> None:
    own = run("--db", db, "--json", "import", "policy", policy).data["change_set"]
    assert run("--db", db, "history", "take-back", own).code == 0
    assert run("--db", db, "print", "policy", "Alumni policy", "--out", tmp_path / "x.pdf").sentence
    assert not (tmp_path / "x.pdf").exists()
    assert run("--db", db, "--json", "import", "policy", policy).data["new"] == 1


def test_backup_and_restore(run: Run, db: Path, people: Path, tmp_path: Path, home: Path) -> None:
    own = run("--db", db, "--json", "import", "people", people).data["change_set"]
    made = run("--db", db, "--json", "backup", tmp_path / "copy.kontinuum").data
    assert made["people"] == 2 and made["problems"] == [] and Path(made["file"]).is_file()
    assert run("--db", db, "backup").code == 0
    assert len(list((db.parent / "office backups").glob("office * hand.kontinuum"))) == 1
    run("--db", db, "history", "take-back", own)
    back = run("--db", db, "--json", "restore", tmp_path / "copy.kontinuum").data
    assert len(run("--db", db, "--json", "search", "mia").data) == 1
    assert run("--db", back["former"], "--json", "search", "mia").data == []


def test_check_finds_a_sound_file_sound_and_a_damaged_one_damaged(run: Run, office: Path, tmp_path: Path) -> None:
    sound = run("--db", office, "--json", "check")
    assert sound.code == 0 and sound.data["people"] == 2 and sound.data["problems"] == []
    assert "all in order" in run("--db", office, "check").out
    content = bytearray(office.read_bytes())
    content[8192:20480] = b"\xff" * 12288
    office.write_bytes(bytes(content))
    assert "damaged" in run("--db", office, "check").sentence
    assert "damaged" in run("--db", tmp_path / "new.kontinuum", "restore", office).sentence
    assert not (tmp_path / "new.kontinuum").exists()


def test_demo_people_go_into_an_empty_file_only(run: Run, db: Path, home: Path) -> None:
    made = run("--db", db, "--json", "demo", "--people", 12)
    assert made.code == 0 and made.data == {"people": 12, "file": str(db)}
    assert "already holds people" in run("--db", db, "demo").sentence
    assert len(run("--db", db, "--json", "history", "list").data) > 0
    assert run("demo", "--people", 3).code == 0
    assert (home / "data" / "kontinuum" / "demo.kontinuum").is_file()


def test_modules_are_listed_with_their_state(run: Run, db: Path, people: Path) -> None:
    listed = {m["key"]: m for m in run("--db", db, "--json", "modules").data}
    assert {"people", "shell", "policies", "phones"} <= set(listed) and not db.exists()
    assert all(m["state"] and m["title"] for m in listed.values())
    run("--db", db, "import", "people", people)
    assert "policies" in run("--db", db, "modules").out


def test_doctor_looks_at_libraries_folders_and_fonts(run: Run) -> None:
    done = run("doctor", "--json")
    remarks = json.loads(done.out)
    assert {"text", "well"} == set(remarks[0])
    assert any("SQLite" in r["text"] and r["well"] for r in remarks)
    missing = [r["text"] for r in remarks if not r["well"]]
    assert (done.code, bool(done.err)) == ((2, True) if missing else (0, False))


def test_a_command_may_act_as_a_user_of_the_file(run: Run, db: Path, people: Path) -> None:
    assert run("--db", db, "--as", "Åsa", "import", "people", people).code == 0
    assert run("--db", db, "--as", "åsa", "--json", "history", "list").data[0]["actor"] == "Åsa"
    assert run("--db", db, "--as", "stranger", "search", "mia").sentence.startswith("There is no user called stranger")


def test_a_user_without_the_right_cannot_import(run: Run, db: Path, people: Path) -> None:
    run("--db", db, "--as", "boss", "import", "people", people)
    opened: Database = open_database(db, new_registry(SystemClock(office_zone())))
    with opened.write(Actor(new_id(), "boss"), "add_user") as session:
        add_user(session, "guest", "Guest", frozenset())
    opened.close()
    assert run("--db", db, "--as", "guest", "import", "people", people, "--dry-run").sentence


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"], ["import"], ["import", "people"], ["import", "nothing", "x.csv"], ["import", "people", "not there.csv"],
        ["demo", "--people", "0"], ["demo", "--people", "many"], ["history"], ["history", "list", "--limit", "-1"],
        ["print", "letter", "x", "--out", "x.pdf"], ["restore", "not there"], ["--db", "https://x.example/db", "search", "x"],
        ["--db", ".", "search", "x"], ["search"], ["search", "x", "y"],
    ],
)  # fmt: skip
def test_a_slip_is_told_in_one_line(run: Run, words: list[str], office: Path) -> None:
    assert run("--db", office, *words).sentence


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""), ("space.csv", b"\n\n \n"), ("binary.csv", bytes(range(256)) * 20), ("zip.csv", b"PK\x03\x04" + bytes(400)),
        ("twice.csv", b"Efternamn;E-post;E-post\n\xc3\x85berg;a@b.example;c@d.example\n"), ("head.csv", b"one;two;three\n1;2;3\n"),
        ("half.csv", LIST.encode("utf-16")[:81]),
    ],
)  # fmt: skip
def test_a_bad_list_is_told_and_changes_nothing(run: Run, office: Path, tmp_path: Path, name: str, content: bytes) -> None:
    before, steps = office.read_bytes(), run("--db", office, "history", "list").out
    path = tmp_path / name
    path.write_bytes(content)
    for more in ([], ["--dry-run"]):
        assert run("--db", office, "--json", "import", "people", path, *more).sentence
    assert run("--db", office, "history", "list").out == steps and office.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02" * 50, b"no facts", b"---\ntitle: x\n", POLICY.replace("Chair", "").encode(), POLICY[:60].encode()],
)
def test_a_bad_policy_is_told_and_changes_nothing(run: Run, db: Path, policy: Path, content: bytes) -> None:
    policy.write_bytes(content)
    assert run("--db", db, "import", "policy", policy).sentence
    assert run("--db", db, "--json", "import", "policy", policy, "--dry-run").sentence


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_lists_come_in_the_usual_writings(run: Run, db: Path, people: Path, encoding: str, mark: str) -> None:
    people.write_bytes(LIST.replace(";", mark).encode(encoding))
    data = run("--db", db, "--json", "import", "people", people).data
    assert (data["new"], data["faulty"]) == (2, 1)
    assert run("--db", db, "--json", "search", "åberg").data[0]["name"] == "Åberg, Mia"


@pytest.mark.parametrize("typed", ["<b>&", "=cmd|' /C calc'!A0", '"', "*", "👩‍🎓", "x" * 10_000, "-" + "1" * 40, "\udcff"])
def test_no_search_text_breaks_the_command(run: Run, office: Path, typed: str) -> None:
    assert run("--db", office, "--json", "search", "--", typed).data == []


def program(*words: object) -> subprocess.CompletedProcess[str]:
    """`kontinuum ...` as a process of its own."""
    command = [sys.executable, "-m", "desktop.cli", *map(str, words)]
    folder = Path(__file__).parents[2]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder, env=dict(os.environ), timeout=60)


def test_as_a_program_it_prints_one_json_document(db: Path, people: Path) -> None:
    done = program("--db", db, "--json", "import", "people", people)
    assert done.returncode == 0 and json.loads(done.stdout)["new"] == 2
    assert done.stderr.count("\n") == 1 and "office.kontinuum is made plain" in done.stderr, "there is no keyring here"


def test_as_a_program_it_fails_with_two_and_one_line(db: Path) -> None:
    done = program("--db", db, "search", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "There is no database" in done.stderr


def test_whoever_stops_reading_is_no_failure(office: Path) -> None:
    line = f'"{sys.executable}" -m desktop.cli --db "{office}" history list --limit 50 | true'
    done = subprocess.run(line, shell=True, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    assert done.stderr == ""


def test_an_export_takes_a_list_out_and_writes_it_down(run: Run, db: Path, people: Path, tmp_path: Path) -> None:
    run("--db", db, "import", "people", people)
    out = tmp_path / "list.csv"
    done = run("--db", db, "--json", "export", "people", "--out", out, "--purpose", "Invitation", "--recipient", "Alumni")
    assert done.data == {"people": 2, "file": str(out)}
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 3
    line = run("--db", db, "--json", "history", "list").data[0]
    assert line["text"] == "Exported 2 people to list.csv: Invitation"
    assert "cannot be taken back" in run("--db", db, "history", "take-back", line["id"]).sentence


def test_an_export_is_refused_in_words(run: Run, db: Path, people: Path, tmp_path: Path) -> None:
    run("--db", db, "import", "people", people)
    export = ("--db", db, "export", "people", "--purpose", "Invitation", "--out")
    assert "no view called Elms" in run(*export, tmp_path / "a.csv", "--view", "Elms").sentence
    assert "which kind of file" in run(*export, tmp_path / "a.doc").sentence
    assert (
        "Nothing called policies" in run("--db", db, "export", "policies", "--out", tmp_path / "a.csv", "--purpose", "x").sentence
    )
    assert (
        "Say what the list is for" in run("--db", db, "export", "people", "--out", tmp_path / "a.csv", "--purpose", " ").sentence
    )
    assert not list(tmp_path.glob("a.*"))

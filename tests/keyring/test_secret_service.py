"""The command line on a real Secret Service: what it keeps, and what is said where it is locked or missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.keyring.conftest import Computer

MAGIC, MARK = b"SQLite format 3\x00", b"Kont"
ASK = "from db import secrets\ntry:\n    %s\nexcept secrets.NoKeyring as none:\n    print(none.reason)"


def test_a_secret_is_kept_found_replaced_and_removed(unlocked: Computer) -> None:
    done = unlocked.python(
        "from db import secrets as s\n"
        "s.remove('x'); s.store('x', 'ett'); s.store('x', 'två'); print(s.find('x')); s.remove('x'); print(s.find('x'), s.is_usable())"
    )
    assert done.stdout.split("\n")[:2] == ["två", "None True"] and done.stderr == ""


@pytest.mark.parametrize("act", ["secrets.store('x', 'y')", "print(secrets.find('a'))"])
def test_a_locked_keyring_is_called_so_and_waits_for_nobody(locked: Computer, act: str) -> None:
    assert locked.python(ASK % act).stdout == "locked\n"


@pytest.mark.parametrize("act", ["secrets.store('x', 'y')", "print(secrets.find('a'))", "secrets.remove('a')"])
def test_no_keyring_is_called_so(bare: Computer, act: str) -> None:
    assert bare.python(ASK % act).stdout == "none\n"


@pytest.mark.parametrize(
    "name", ["keyring.backends.null.Keyring", "keyrings.alt.file.PlaintextKeyring", "keyring.backends.fail.Keyring"]
)
def test_a_keyring_that_is_not_trusted_is_not_used_even_if_it_is_asked_for(unlocked: Computer, name: str) -> None:
    asked = Computer({**unlocked.env, "PYTHON_KEYRING_BACKEND": name}, unlocked.folder)
    assert asked.python(ASK % "secrets.store('x', 'y')").stdout == "none\n"


def test_a_new_database_is_encrypted_and_opens_by_itself(unlocked: Computer, people: Path, tmp_path: Path) -> None:
    db = tmp_path / "office.kontinuum"
    made = unlocked.run("--db", db, "import", "people", people)
    assert made.returncode == 0 and "is encrypted with the key" in made.stderr
    assert db.read_bytes().startswith(MARK)
    assert "Xylofonsdotter, Mia" in unlocked.run("--db", db, "search", "xylo").stdout
    copy = tmp_path / "copies" / "a copy.kontinuum"
    assert unlocked.run("--db", db, "backup", copy).returncode == 0
    assert copy.read_bytes().startswith(MARK)
    moved = tmp_path / "moved.db"
    copy.rename(moved)
    assert unlocked.run("--db", moved, "check").returncode == 0
    assert unlocked.run("--db", tmp_path / "new.kontinuum", "restore", moved).returncode == 0
    assert "Xylofonsdotter" in unlocked.run("--db", tmp_path / "new.kontinuum", "search", "xylo").stdout


def test_another_computer_needs_the_recovery_key_and_can_keep_it(
    unlocked: Computer, other: Computer, people: Path, tmp_path: Path
) -> None:
    db, paper = tmp_path / "office.kontinuum", tmp_path / "paper.txt"
    unlocked.run("--db", db, "import", "people", people)
    assert unlocked.run("--db", db, "recovery-key", "--out", paper).returncode == 0
    lost = other.run("--db", db, "search", "xylo")
    assert lost.returncode == 2 and "is encrypted, and its key is not in the keyring of this computer" in lost.stderr
    assert "Xylofonsdotter" in other.run("--db", db, "--recovery-key", paper, "search", "xylo").stdout
    assert other.run("--db", db, "search", "xylo").returncode == 2, "it was not kept"
    kept = other.run("--db", db, "unlock", given=paper.read_text("utf-8"))
    assert kept.returncode == 0, kept.stderr
    assert "Xylofonsdotter" in other.run("--db", db, "search", "xylo").stdout


def test_the_recovery_key_of_another_database_is_refused(
    unlocked: Computer, other: Computer, people: Path, tmp_path: Path
) -> None:
    one, two, paper = tmp_path / "one.kontinuum", tmp_path / "two.kontinuum", tmp_path / "paper.txt"
    for db in (one, two):
        unlocked.run("--db", db, "import", "people", people)
    unlocked.run("--db", two, "recovery-key", "--out", paper)
    wrong = other.run("--db", one, "unlock", given=paper.read_text("utf-8"))
    assert wrong.returncode == 2 and "not that of one.kontinuum" in wrong.stderr
    assert other.run("--db", one, "--recovery-key", paper, "search", "x").returncode == 2


def test_a_plain_database_is_encrypted_and_made_plain_again(
    bare: Computer, unlocked: Computer, people: Path, tmp_path: Path
) -> None:
    db = tmp_path / "office.kontinuum"
    bare.run("--db", db, "import", "people", people)
    assert db.read_bytes().startswith(MAGIC)
    told = json.loads(unlocked.run("--db", db, "--json", "encrypt").stdout)
    assert db.read_bytes().startswith(MARK) and told["file"] == str(db) and told["left"] == []
    printed = json.loads(unlocked.run("--db", db, "--json", "recovery-key").stdout)
    assert printed["key"] == told["key"] and len(printed["recovery_key"].split()) == 4
    assert "is encrypted already" in unlocked.run("--db", db, "encrypt").stderr
    assert "Xylofonsdotter" in unlocked.run("--db", db, "search", "xylo").stdout
    assert unlocked.run("--db", db, "decrypt").returncode == 0
    assert db.read_bytes().startswith(MAGIC)
    assert "Xylofonsdotter" in bare.run("--db", db, "search", "xylo").stdout


@pytest.mark.parametrize("kind", ["locked", "bare"])
def test_without_a_usable_keyring_a_new_database_is_plain_with_a_warning(
    request: pytest.FixtureRequest, people: Path, tmp_path: Path, kind: str
) -> None:
    computer: Computer = request.getfixturevalue(kind)
    db = tmp_path / "office.kontinuum"
    made = computer.run("--db", db, "import", "people", people)
    assert made.returncode == 0
    assert ("is locked" if kind == "locked" else "has no keyring") in made.stderr
    assert "is made plain: whoever opens the file can read it" in made.stderr and "Xylo" not in made.stderr
    assert db.read_bytes().startswith(MAGIC)
    refused = computer.run("--db", db, "encrypt")
    assert refused.returncode == 2 and db.read_bytes().startswith(MAGIC)


def test_without_a_keyring_the_key_goes_to_paper_before_the_file_is_encrypted(
    bare: Computer, people: Path, tmp_path: Path
) -> None:
    db, paper = tmp_path / "office.kontinuum", tmp_path / "paper.txt"
    bare.run("--db", db, "import", "people", people)
    assert "must go to a file first" in bare.run("--db", db, "encrypt", "--no-keyring").stderr
    assert bare.run("--db", db, "encrypt", "--no-keyring", "--out", people / "x.txt").returncode == 2
    assert db.read_bytes().startswith(MAGIC), "nothing is encrypted with a key that is nowhere"
    assert bare.run("--db", db, "encrypt", "--no-keyring", "--out", paper).returncode == 0
    assert "no keyring that could hold its key" in bare.run("--db", db, "search", "xylo").stderr
    assert (
        "Xylofonsdotter" in bare.run("--db", db, "search", "xylo", "--recovery-key", "-", given=paper.read_text("utf-8")).stdout
    )


def test_a_locked_keyring_is_named_when_an_encrypted_file_is_opened(
    unlocked: Computer, locked: Computer, people: Path, tmp_path: Path
) -> None:
    db = tmp_path / "office.kontinuum"
    unlocked.run("--db", db, "import", "people", people)
    said = locked.run("--db", db, "search", "xylo")
    assert said.returncode == 2 and "the keyring that may hold its key is locked" in said.stderr


def test_the_demo_stays_open_to_all(unlocked: Computer, tmp_path: Path) -> None:
    db = tmp_path / "demo.kontinuum"
    assert unlocked.run("--db", db, "demo", "--people", "5").returncode == 0
    assert db.read_bytes().startswith(MAGIC)


def test_the_key_is_in_no_argument_log_or_file(unlocked: Computer, people: Path, tmp_path: Path) -> None:
    db = tmp_path / "office.kontinuum"
    unlocked.run("--db", db, "import", "people", people)
    lines = json.loads(unlocked.run("--db", db, "--json", "recovery-key").stdout)["recovery_key"].split()
    hexed = unlocked.python(f"from db import keys; print(keys.read_written({' '.join(lines)!r}).raw.hex())").stdout.strip()
    assert len(hexed) == 64
    places = [path for folder in (unlocked.folder, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".keyring" for path in places), "the keyring's own file is among them"
    for path in places:
        content = path.read_bytes()
        for secret in (hexed.encode(), bytes.fromhex(hexed), *(line.encode() for line in lines)):
            assert secret not in content and secret.upper() not in content, path


def test_the_password_of_a_server_is_kept_for_the_next_start_and_nowhere_else(unlocked: Computer, bare: Computer) -> None:
    """Not in the address, not in a file: whoever has the keyring has it, and nobody else."""
    account = "eva@db.example.org:5432/office"
    keep = f"from db import passwords as p\np.keep({account!r}, 'hemligt')"
    find = f"from db import passwords as p\np.recall({account!r}); print(p.in_hand({account!r}))"
    assert unlocked.python(keep).stderr == ""
    assert unlocked.python(find).stdout == "hemligt\n"
    assert bare.python(find).stdout == "None\n"
    assert not [f for f in unlocked.folder.rglob("*") if f.is_file() and b"hemligt" in f.read_bytes()]
    unlocked.python(f"from db import passwords as p\np.forget({account!r})")
    assert unlocked.python(find).stdout == "None\n"

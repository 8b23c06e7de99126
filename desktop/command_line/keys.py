"""What the command line does about encryption: encrypt, decrypt, recovery-key and unlock."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from getpass import getpass
from pathlib import Path

from db import encryption, faults, keys
from db.errors import RuleBroken, Unavailable
from db.keys import Key
from db.profiles import Places, locate_file
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.documents import save
from desktop.core.texts import Texts, system_language

Said = tuple[dict[str, object], list[str]]  # for programs, for people
MOST = 10_000  # letters of a file that is taken for a recovery key


def take_given(asked: Namespace) -> None:
    """Use the recovery key that was given with the command, if there is one; nothing of it is kept.

    Raises:
        RuleBroken: it holds a slip.
        Unavailable: its file cannot be read.
    """
    if asked.recovery_key is not None:
        keys.use(_given(asked.recovery_key))


def begin_protected(path: Path) -> str:
    """Make an encrypted file for a new database, or leave a plain one to be made where no keyring could hold its key; says which."""
    try:
        key = encryption.begin_kept(path)
    except NoKeyring as none:
        return f"{none} {path.name} is made plain: whoever opens the file can read it. “kontinuum encrypt” changes that."
    return (
        f"{path.name} is encrypted with the key {key.name}, kept in the keyring. Print it: kontinuum recovery-key --out FILE.pdf"
    )


def warn(text: str) -> None:
    """Say something beside the result."""
    sys.stderr.write(f"{' '.join(text.split())}\n")


def encrypt(asked: Namespace) -> Iterator[Said]:
    """Turn a plain database into an encrypted one. The key is kept, or at least written down, before anything else."""
    path = _file(asked)
    if encryption.state_of(path) == "encrypted":
        raise RuleBroken(_("{file} is encrypted already."), file=path.name)
    key = keys.new_key()
    if asked.no_keyring:
        if asked.out is None:
            raise RuleBroken(
                _("Without the keyring, the recovery key must go to a file first."), _("Name one with --out, such as key.pdf.")
            )
        keys.use(key)
    else:
        keys.keep(key)
    if asked.out is not None:
        _write(asked.out, key, path)
    made = encryption.encrypt(path, key)
    words = [f"{path} is encrypted with the key {key.name}, and {made.backups} backups with it"]
    words += [f"still plain: {left}" for left in made.left]
    words += [str(asked.out)] if asked.out else ["print the recovery key: kontinuum recovery-key --out FILE.pdf"]
    plain = {"file": str(path), "key": key.name, "backups": made.backups, "left": [str(one) for one in made.left]}
    yield plain, words


def decrypt(asked: Namespace) -> Iterator[Said]:
    """Turn an encrypted database into a plain one."""
    path = _file(asked)
    encryption.decrypt(path)
    yield {"file": str(path)}, [f"{path} is plain: whoever opens the file can read it; its backups stay encrypted"]


def recovery_key(asked: Namespace) -> Iterator[Said]:
    """Print the recovery key, or write it to a file."""
    path = _file(asked)
    key = encryption.key_for(path)
    plain: dict[str, object] = {"file": str(path), "key": key.name}
    if asked.out is None:
        yield {**plain, "recovery_key": "\n".join(keys.written(key))}, keys.written(key)
    else:
        _write(asked.out, key, path)
        yield {**plain, "out": str(asked.out)}, [str(asked.out)]


def unlock(asked: Namespace) -> Iterator[Said]:
    """Keep the recovery key that is given in the keyring, so that this computer opens the file by itself."""
    path = _file(asked)
    key = encryption.key_for(path) if asked.recovery_key is not None else _typed_for(path)
    keys.keep(key)
    yield {"file": str(path), "key": key.name}, [f"the keyring of this computer now holds the key {key.name} of {path}"]


def _typed_for(path: Path) -> Key:
    mark = encryption.mark_for(path)
    return keys.read_for(_typed(), path, mark)


def _file(asked: Namespace) -> Path:
    path = locate_file(asked.db, Places.of_this_machine())
    if not path.is_file():
        raise Unavailable(_("There is no database {file}."), _("Give another with --db."), file=str(path))
    return path


def _given(name: str) -> Key:
    if name == "-":
        return keys.read_written(_typed())
    with faults.told(Path(name)):
        return keys.read_written(Path(name).read_text(encoding="utf-8", errors="replace")[:MOST])


def _typed() -> str:
    """The recovery key from the terminal, unseen, or from what is piped in."""
    return getpass("Recovery key: ") if sys.stdin.isatty() else sys.stdin.read(MOST)


def _write(target: Path, key: Key, path: Path) -> None:
    """To a PDF of one page, or to a text of four lines for `--recovery-key`."""
    if target.suffix.lower() == ".pdf":
        from desktop.core.recovery_page import RecoverySheet, render_recovery_page

        sheet = RecoverySheet(tuple(keys.written(key)), key.name, path.name, date.today())
        content = render_recovery_page(sheet, Texts(system_language()))
    else:
        content = "".join(f"{line}\n" for line in keys.written(key)).encode()
    with faults.told(target):
        target.resolve().parent.mkdir(parents=True, exist_ok=True)
    save(target.resolve(), content)

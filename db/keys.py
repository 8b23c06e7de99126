"""The keys of encrypted database files: made at random, kept in the keyring, written down as recovery keys.

A key's name is made from the key and stands at the head of every file it opens. So a wrong key is told from a damaged file
without trying it, and the recovery key alone is enough to open a file again.
"""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from db import secrets
from db.errors import RuleBroken, Unavailable
from db.secrets import NoKeyring
from db.sqlite import opening
from db.texts import Msgid, _

SIZE = 32  # bytes of a key
LINES, LENGTH, GROUP = 4, 15, 5  # of a written key: lines, letters in each, letters between two dashes
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are mistaken for others
_ALIKE = str.maketrans("ILO", "110", " \t\r\n-–—.")
_DATA, _PRIME = 13, 1021  # letters of a line that carry the key; the largest prime two letters can write
_IN_HAND: dict[bytes, Key] = {}  # keys found or typed while this program runs
_WHY: dict[str, tuple[Msgid, Msgid]] = {
    "none": (
        _("{file} is encrypted, and this computer has no keyring that could hold its key."),
        _("Give the recovery key."),
    ),
    "locked": (
        _("{file} is encrypted, and the keyring that may hold its key is locked."),
        _("Unlock the keyring and try again, or give the recovery key."),
    ),
    "refused": (
        _("{file} is encrypted, and the keyring of this computer did not give its key."),
        _("Try again, or give the recovery key."),
    ),
    "absent": (
        _("{file} is encrypted, and its key is not in the keyring of this computer."),
        _("Give the recovery key."),
    ),
}


class KeyMissing(Unavailable):
    """An encrypted file whose key is not at hand; `mark` names the key that would open it."""

    def __init__(self, path: Path, mark: bytes, why: str) -> None:
        super().__init__(*_WHY[why], file=path.name)
        self.path, self.mark, self.why = path, mark, why


@dataclass(frozen=True, slots=True)
class Key:
    """What opens an encrypted file. It never stands in a log: its text form is its name."""

    raw: bytes = field(repr=False)

    @property
    def mark(self) -> bytes:
        """How every file this key opens begins."""
        return opening.MARK + sha256(b"the name of the key " + self.raw).digest()[: opening.HEAD - len(opening.MARK)]

    @property
    def name(self) -> str:
        """A short name, by which people tell keys apart; it tells nothing about the key."""
        return name_of(self.mark)

    @property
    def spoken(self) -> str:
        """The key and the head of its files, as the engine takes them."""
        return f"x'{self.raw.hex()}{self.mark.hex()}'"

    def __str__(self) -> str:
        return self.name


def new_key() -> Key:
    """A key nobody ever had."""
    return Key(random.token_bytes(SIZE))


def key_of(path: Path) -> Key | None:
    """What opens this file: None for a plain one, or one that is not there yet.

    Raises:
        KeyMissing: it is encrypted, and neither this program nor the keyring has its key.
    """
    mark = opening.mark_of(path)
    if mark is None:
        return None
    if mark not in _IN_HAND:
        _hold(_found(path, mark))
    return _IN_HAND[mark]


def _found(path: Path, mark: bytes) -> Key:
    try:
        kept = secrets.find(mark.hex())
    except NoKeyring as none:
        raise KeyMissing(path, mark, none.reason) from none
    try:
        key = Key(bytes.fromhex(kept or ""))
    except ValueError:
        raise KeyMissing(path, mark, "absent") from None
    if key.mark != mark:  # somebody put another under its name
        raise KeyMissing(path, mark, "absent")
    return key


def use(key: Key) -> None:
    """Open files with this key while the program runs; it is kept nowhere."""
    _hold(key)


def keep(key: Key) -> None:
    """Keep the key in the keyring, and use it.

    Raises:
        NoKeyring: it was not kept, and is not used.
    """
    secrets.store(key.mark.hex(), key.raw.hex())
    if secrets.find(key.mark.hex()) != key.raw.hex():
        raise NoKeyring("refused", "it did not give back what it was given")
    _hold(key)


def is_kept(key: Key) -> bool:
    """Whether the keyring of this computer has it."""
    try:
        return secrets.find(key.mark.hex()) == key.raw.hex()
    except NoKeyring:
        return False


def forget(key: Key) -> None:
    """Use it no longer; what the keyring has stays."""
    _IN_HAND.pop(key.mark, None)


def _hold(key: Key) -> None:
    _IN_HAND[key.mark] = key


def written(key: Key) -> list[str]:
    """The recovery key: four lines of three groups, each line with its own check, so that a slip is told where it is."""
    number = int.from_bytes(key.raw, "big")
    lines = []
    for line in range(LINES):
        part = number >> (5 * _DATA * (LINES - 1 - line)) & ((1 << 5 * _DATA) - 1)
        text = _letters(part, _DATA) + _letters(_check(part, line), LENGTH - _DATA)
        lines.append("-".join(text[at : at + GROUP] for at in range(0, LENGTH, GROUP)))
    return lines


def read_written(text: str) -> Key:
    """The key a recovery key stands for. Case, dashes and spaces do not matter, nor letters taken for digits.

    Raises:
        RuleBroken: it is no whole recovery key; names the line with the slip.
    """
    letters = plain_letters(text)
    strange = next((letter for letter in letters if letter not in ALPHABET), "")
    if strange:
        raise RuleBroken(_("“{letter}” stands in no recovery key."), _("Compare it with the paper."), letter=strange)
    if len(letters) != LINES * LENGTH:
        raise RuleBroken(
            _("A recovery key has {wanted} letters and digits; these are {given}."),
            _("Compare it with the paper, line by line."),
            wanted=LINES * LENGTH,
            given=len(letters),
        )
    number = 0
    for line in range(LINES):
        whole = letters[line * LENGTH : (line + 1) * LENGTH]
        if not is_line(whole, line):
            raise _slip(line)
        number = number << 5 * _DATA | _number(whole[:_DATA])
    if number >> 8 * SIZE:
        raise _slip(0)
    return Key(number.to_bytes(SIZE, "big"))


def plain_letters(text: str) -> str:
    """What was typed as it is compared: large letters without dashes and spaces, look-alikes replaced."""
    return text.upper().translate(_ALIKE)


def is_line(letters: str, line: int) -> bool:
    """Whether these are a whole line of a recovery key without a slip; the first line is 0."""
    return (
        len(letters) == LENGTH
        and set(letters) <= set(ALPHABET)
        and _number(letters[_DATA:]) == _check(_number(letters[:_DATA]), line)
    )


def _slip(line: int) -> RuleBroken:
    return RuleBroken(
        _("There is a slip in line {line} of the recovery key."),
        _("Compare that line with the paper."),
        field=f"line{line}",
        line=line + 1,
    )


def read_for(text: str, path: Path, mark: bytes) -> Key:
    """As `read_written`, for a certain file.

    Raises:
        RuleBroken: a slip, or the recovery key of another file.
    """
    key = read_written(text)
    if key.mark != mark:
        raise RuleBroken(
            _("This is a recovery key, but not that of {file}."),
            _("{file} needs the key called {wanted}; this one is called {given}."),
            file=path.name,
            wanted=name_of(mark),
            given=key.name,
        )
    return key


def name_of(mark: bytes) -> str:
    """What the key is called that opens a file which begins so."""
    digits = mark[len(opening.MARK) :].hex().upper()
    return f"{digits[:4]}-{digits[4:8]}"


def _check(part: int, line: int) -> int:
    """Differs whenever one letter, two neighbours or two lines are mistaken: the weights are no multiples of the prime."""
    return (part * LINES + line) % _PRIME


def _letters(number: int, count: int) -> str:
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(count)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number

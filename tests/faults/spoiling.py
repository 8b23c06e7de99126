"""Good lists spoiled at random: bytes flipped, cut, swapped and doubled, in the file or in the XML inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from desktop.people.tests.workbooks import ods, parts_of, xlsx, zipped
from tests.faults.lists_of_entries import google, ldif, vcards

Spoil = Callable[[bytes, Random], bytes]
PEOPLE = [
    ("Förnamn", "Efternamn", "E-post", "Mobil", "Ort", "Född", "Anteckning"),
    *(
        (
            f"Maja{n}",
            f"Åberg-Öst {n}",
            f"maja{n}@provsson.example",
            f"070-174 06 {n:02}",
            "Växjö",
            f"200{n % 10}-12-31",
            'sa "hej";\nå',
        )
        for n in range(12)
    ),
]
ENCODINGS = ("utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be", "cp850")
LIBREOFFICE = Path(__file__).parents[2] / "desktop" / "people" / "tests" / "files"


def text_list(delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """The people as text; every text that needs it in quotation marks."""
    lines = (delimiter.join('"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in row) for row in PEOPLE)
    return "\r\n".join(lines).encode(encoding)


def good_lists() -> dict[str, bytes]:
    """Lists that are read without a fault, by name."""
    texts = {f"{encoding}.csv": text_list(encoding=encoding) for encoding in ENCODINGS[:-1]}
    sheets = {"Läs mig": [("Om listan",)], "Antagna": PEOPLE}
    books = {"written.xlsx": xlsx(sheets), "written.ods": ods(sheets)}
    titled = [("Antagna HT2027",), ("Utskriven", "2027-07-15"), *PEOPLE]
    above = {"titled.csv": ";".join(titled[0]).encode() + b";;\r\n;;\r\n" + text_list(), "titled.xlsx": xlsx({"S": titled})}
    cards = {f"cards-{version}.vcf": vcards(PEOPLE[1:], version) for version in ("2.1", "3.0", "4.0")}
    wide = {"cards-wide.vcf": cards["cards-3.0.vcf"].decode().encode("utf-16")}
    entries = {"people.ldif": ldif(PEOPLE[1:]), "google.csv": google(PEOPLE[1:]), **cards, **wide}
    kept = {path.name: path.read_bytes() for path in [*sorted(LIBREOFFICE.glob("libreoffice.*")), LIBREOFFICE / "people.xls"]}
    return {**texts, "comma.csv": text_list(","), "tab.csv": text_list("\t"), **books, **above, **entries, **kept}


def spoiled(count: int, rng: Random) -> Iterator[tuple[str, bytes]]:
    """So many files, each a good one with up to four things done to it; some stay good."""
    good = list(good_lists().items())
    for number in range(count):
        name, content = good[number % len(good)]
        inside = name.endswith(("xlsx", "ods")) and rng.random() < 0.8  # a spoiled zip file is mostly just damaged
        for _n in range(rng.randrange(5)):
            content = _spoil_inside(content, rng) if inside else rng.choice(SPOILS)(content, rng)
        yield f"{number}-{name}", content


def _spoil_inside(content: bytes, rng: Random) -> bytes:
    """The zip file anew, with one of its parts spoiled, gone or in the place of another."""
    parts = parts_of(content)
    names = [name for name in parts if name.endswith(("sheet2.xml", "content.xml", "Strings.xml", "styles.xml", "workbook.xml"))]
    name = rng.choice(names or list(parts))
    luck = rng.random()
    if luck < 0.05:
        del parts[name]
    elif luck < 0.1:
        parts[name] = parts[rng.choice(list(parts))]
    else:
        parts[name] = rng.choice((*SPOILS, *XML_SPOILS, *XML_SPOILS))(parts[name], rng)
    return zipped(parts)


def _flip(content: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]


def _cut(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _leave_out(content: bytes, rng: Random) -> bytes:
    first, last = sorted(rng.randrange(len(content) + 1) for _n in range(2))
    return content[:first] + content[min(last, first + 200) :]


def _swap(content: bytes, rng: Random) -> bytes:
    a, b, c = sorted(rng.randrange(len(content) + 1) for _n in range(3))
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def _double(content: bytes, rng: Random) -> bytes:
    first = rng.randrange(len(content) + 1)
    last = min(len(content), first + rng.randrange(1, 400))
    return content[:last] + content[first:last] * rng.randrange(1, 4) + content[last:]


def _add(content: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(content) + 1)
    odd = (
        b"\0",
        b'"',
        b"\r",
        b"\n",
        b";",
        b"\xff\xfe",
        b"\xc3",
        b"&#0;",
        b"<",
        b"]]>",
        b"\xe2\x80\xa8",
        b"\x1a",
        "👩‍🎓".encode(),
    )
    return content[:place] + rng.choice(odd) * rng.choice((1, 1, 2, 50)) + content[place:]


def _encode_anew(content: bytes, rng: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(rng.choice(ENCODINGS), "replace")


def _other_number(content: bytes, rng: Random) -> bytes:
    """A digit of the XML becomes another number, maybe a mad one."""
    places = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if not places:
        return content
    place = rng.choice(places)
    return content[:place] + rng.choice((b"0", b"7", b"-1", b"99999999999", b"1e308", b"1.5", b"x")) + content[place + 1 :]


def _other_element(content: bytes, rng: Random) -> bytes:
    """An element of the XML goes, or comes twice."""
    starts = [
        place
        for place in range(len(content))
        if content.startswith((b"<c ", b"<row", b"<table:table-", b"<v>", b"<t", b"<f"), place)
    ]
    if not starts:
        return content
    place = rng.choice(starts)
    end = content.find(b">", place) + 1
    return content[:place] + content[place:end] * rng.choice((0, 2)) + content[end:]


def _other_name(content: bytes, rng: Random) -> bytes:
    old, new = rng.choice(
        (
            (b't="s"', b't="n"'), (b't="s"', b't="str"'), (b't="n"', b't="d"'), (b't="inlineStr"', b't="b"'), (b" r=", b" q="),
            (b"value-type=\"string\"", b"value-type=\"float\""), (b"<text:p>", b"<text:h>"), (b"table-row", b"table-rows"), (b"numFmtId", b"id"),
            (b"table:table-cell", b"table:covered-table-cell"), (b"office:value=", b"office:date-value="), (b"Antagna", b""), (b"sheetId", b"x"),
        )
    )  # fmt: skip
    return content.replace(old, new, rng.choice((1, -1)))


SPOILS: tuple[Spoil, ...] = (_flip, _flip, _cut, _leave_out, _swap, _double, _add, _encode_anew)
XML_SPOILS: tuple[Spoil, ...] = (_other_number, _other_element, _other_name)

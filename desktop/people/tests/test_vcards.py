"""Cards of every version and of the programs that write them in their own way are read with all that is in them."""

from __future__ import annotations

import codecs
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import RuleBroken
from desktop.people.formats.table_file import parse_table
from desktop.people.formats.vcard_people import CUT_OFF
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.rows import ReadFile, people_of


def read(content: str | bytes) -> ReadFile:
    written = content if isinstance(content, bytes) else content.encode()
    return people_of(parse_table(written, "list.vcf"), "list.vcf", "SE", lambda done, total: None, today=date(2027, 7, 15))


def one(*lines: str, version: str = "3.0") -> IncomingPerson:
    found = read("\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]))
    assert found.faults == []
    (row,) = found.rows
    return row


def test_a_card_of_an_old_phone() -> None:
    row = one(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=96st;Liv=",
        "=C3=A5;Maja;;",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Liv=C3=A5 =C3=96st",
        "TEL;CELL;PREF:070-174 06 05",
        "TEL;HOME:0470-70 80 00",
        "TEL;WORK;FAX:0470-70 80 99",
        "EMAIL;INTERNET;HOME:liv@ost.example",
        "ADR;HOME;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:;;Testgatan 1=0D=0Algh 1203;V=E4xj=F6;;351 95;Sverige",
        "PHOTO;ENCODING=BASE64;JPEG:",
        " /9j/4AAQSkZJRgABAQEAYABgAAD",
        " VGVsOiAxMjM=",
        "",
        "BDAY:20011231",
        version="2.1",
    )
    assert (row.given, row.family, row.birth_date) == ("Livå Maja", "Öst", date(2001, 12, 31))
    assert (row.street, row.postcode, row.city, row.country) == ("Testgatan 1, lgh 1203", "351 95", "Växjö", "Sverige")
    assert row.labels == (("+46701740605", "mobile"), ("+46470708000", "home"), ("liv@ost.example", "home"))


def test_a_card_of_an_office_program() -> None:
    row = one(
        "N;LANGUAGE=sv:Provsson;Åsa",
        "FN:Åsa Provsson",
        "ORG:Provbolaget\\, AB;Avdelning",
        "TITLE:Chef",
        "NOTE;ENCODING=QUOTED-PRINTABLE:f=F6rsta raden=0D=0A=",
        "Tel: inte ett nummer=0D=0A",
        "LABEL;WORK;ENCODING=QUOTED-PRINTABLE:Testgatan=0D=0A=",
        "Tel: 0470-1=0D=0A=",
        "EMAIL: x",
        "X-MS-OL-DEFAULT-POSTAL-ADDRESS:2",
        "EMAIL;PREF;INTERNET:asa@p.example",
        version="2.1",
    )
    assert (row.given, row.family, row.phones) == ("Åsa", "Provsson", ())
    assert row.note == "Chef, Provbolaget, AB\nförsta raden\r\nTel: inte ett nummer"
    assert [form for _typed, form in row.emails] == ["asa@p.example"]


def test_a_card_of_a_new_phone() -> None:
    row = one(
        "N:Provsson;Åsa;;;",
        "item1.EMAIL;type=INTERNET:asa@p.example",
        "item1.X-ABLabel:_$!<Work>!$_",
        "item2.TEL;type=pref:+46701740606",
        "item2.X-ABLabel:Mökki",
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-12-31",
        "NOTE:rad ett\\nrad",
        "  två\\; semikolon\\, \\\\",
        "ADR;type=WORK:;;W 1;Lund;;222 22;",
        "ADR;type=HOME:;;H 2;Växjö;;351 95;",
        "ADR;type=HOME:;;H 3;Luleå;;;",
    )
    assert (row.birth_date, row.note) == (None, "rad ett\nrad två; semikolon, \\")
    assert set(row.labels) == {("asa@p.example", "work"), ("+46701740606", "mökki")}
    assert (row.street, row.postcode, row.city) == ("H 2", "351 95", "Växjö")


def test_a_card_of_the_newest_version() -> None:
    row = one(
        "fn:Eino Mallinen",
        'tel;value=uri;type="cell,voice":tel:+358-40-123-4567',
        "email;type=work;pref=2:eino@m.example",
        'email;x-note="a:b;c";pref=1:mailto:e@m.example',
        "lang:fi",
        "bday:--1231",
        "nickname:Enska",
        version="4.0",
    )
    assert (row.given, row.family, row.preferred, row.language, row.birth_date) == ("Eino", "Mallinen", "Enska", "fi", None)
    assert [form for _typed, form in row.emails] == ["eino@m.example", "e@m.example"]
    assert row.phones[0][1] == "+358401234567"


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (("N:Provsson;Åsa;;;", "FN:Chefen"), ("Åsa", "Provsson")),
        (("N:;Åsa Provsson;;;", "FN:Åsa Provsson"), ("Åsa", "Provsson")),
        (("N:;;;;", "FN:Provsson, Åsa"), ("Åsa", "Provsson")),
        (("FN:Sari",), ("Sari", "")),
        (("N:Sari", "FN:Sari"), ("", "Sari")),
    ],
)
def test_names_are_taken_from_what_there_is(lines: tuple[str, ...], names: tuple[str, str]) -> None:
    row = one(*lines)
    assert (row.given, row.family) == names


CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Öst;Liv\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    "content",
    [
        CARD.encode(), codecs.BOM_UTF8 + CARD.encode(), CARD.encode("utf-16"), CARD.encode("utf-16-le"), CARD.encode("utf-16-be"),
        CARD.encode("windows-1252"), CARD.replace("\r\n", "\r").encode(), CARD.replace("\r\n", "\n").lower().encode().replace(b"liv", b"Liv"),
        CARD.replace("\nN:", "\nN;CHARSET=ISO-8859-1:").encode("latin-1"), CARD.replace("\nN:", "\nN;CHARSET=no-such:").encode(),
        CARD.replace("\nN:", "\nN;CHARSET=ISO-8859-1:").encode("utf-16"),
    ],
)  # fmt: skip
def test_every_encoding_gives_the_same_person(content: bytes) -> None:
    assert [(row.given, row.family.casefold()) for row in read(content).rows] == [("Liv", "öst")]


def test_a_card_without_an_end_is_a_fault_and_the_others_are_read() -> None:
    found = read(CARD + "BEGIN:VCARD\r\nN:P;Åsa\r\n" + CARD + "BEGIN:VCARD\r\nN:P;Åsa\r\n")
    assert [(fault.line, fault.reason) for fault in found.faults] == [(5, CUT_OFF), (11, CUT_OFF)]
    assert [row.line for row in found.rows] == [1, 7]


def test_a_card_within_a_card_is_not_a_person() -> None:
    inner = CARD.replace("Liv", "Inre")
    found = read(CARD.replace("END:", f"AGENT:\r\n{inner}TEL:070-174 06 05\r\nEND:", 1))
    assert [(row.given, len(row.phones)) for row in found.rows] == [("Liv", 1)]


def test_formulas_and_marks_stay_the_text_they_are() -> None:
    row = one("N:=cmd|'/c calc'!A0;<b>Åsa</b>", "NOTE:{title} %s \\N", "ORG:=1+1")
    assert (row.given, row.family, row.note) == ("<b>Åsa</b>", "=cmd|'/c calc'!A0", "=1+1\n{title} %s")
    assert one("N;ENCODING=QUOTED-PRINTABLE:a=00b;c").family == "ab"


def test_a_file_without_cards_is_refused() -> None:
    for content in ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "BEGIN:VCARD"):
        with pytest.raises(RuleBroken):
            read(content)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_in_a_card_are_people_or_faults(content: bytes) -> None:
    try:
        found = read(b"BEGIN:VCARD\nN:a;b\n" + content)
    except RuleBroken:
        return
    assert len(found.rows) + len(found.faults) > 0

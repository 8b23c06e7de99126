"""People come out of what directories export, never a password, never what stands in another file."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import RuleBroken
from desktop.people.formats.ldif import ELSEWHERE, NO_ATTRIBUTE, NOT_BASE64, entries, is_ldif
from desktop.people.formats.table_file import parse_table
from desktop.people.imports.rows import ReadFile, people_of

PERSON = "dn: uid=a,ou=people,dc=uni,dc=example\nobjectClass: inetOrgPerson\nsn: Provsson\ngivenName: Åsa\n"


def read(text: str | bytes) -> ReadFile:
    content = text if isinstance(text, bytes) else text.encode()
    return people_of(parse_table(content, "list.ldif"), "list.ldif", "SE", lambda done, total: None, today=date(2027, 7, 15))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_person_of_a_university_is_read_whole() -> None:
    found = read(
        "\n# an export\n#  with a remark in two lines\nversion: 1\n\n"
        "dn: dc=uni,dc=example\nobjectClass: domain\ndc: uni\n\n"
        f"dn:: {b64('uid=åsa,ou=people,dc=uni,dc=example')}\nobjectClass: inetOrgPerson\nobjectClass: eduPerson\nobjectClass: norEduPerson\n"
        f"cn:: {b64('Åsa Maja Provsson')}\nsn;lang-sv: Prov\n sson\ngivenName:: {b64('Åsa Maja')}\neduPersonNickname: Maja\n"
        "mail: asa@uni.example\nmailAlternateAddress: asa@hem.example\nproxyAddresses: SMTP:asa@uni.example\nproxyAddresses: x500:/o=uni\n"
        "mobile: 070-174 06 05\ntelephoneNumber: +46 470 70 80 00\nhomePhone: 0470-70 80 01\nnorEduPersonNIN: 198112189876\n"
        "schacPersonalUniqueID: urn:schac:personalUniqueID:fi:FIC:131052-308T\npreferredLanguage: sv-SE, en;q=0.5\ntitle: Adjunkt\no: Uni\n"
        "postalAddress: Institutionen$Testgatan 1$351 95 Växjö$Sverige\neduPersonAffiliation: student\nemployeeNumber: 4711\n\n\n"
    )
    (row,) = found.rows
    assert (row.line, row.given, row.family, row.preferred, row.language) == (10, "Åsa Maja", "Provsson", "Maja", "sv")
    assert [form for _typed, form in row.emails] == ["asa@uni.example", "asa@hem.example"]
    assert row.labels == (("+46701740605", "mobile"), ("+46470708000", "work"), ("+46470708001", "home"))
    assert (row.street, row.postcode, row.city, row.country) == ("Testgatan 1", "351 95", "Växjö", "Sverige")
    assert {(i.kind, i.value) for i in row.identifiers} == {
        ("personnummer", "198112189876"), ("hetu", "131052-308T"), ("registry_id", "4711"),
    }  # fmt: skip
    assert (row.birth_date, row.note) == (date(1981, 12, 18), "Adjunkt, Uni")
    assert (found.encoding, found.left_out, found.ignored) == ("ldif", 1, ("eduPersonAffiliation",))


SECRETS = [
    "userPassword: hemligt", f"userPassword:: {b64('hemligt')}", "userPassword;x-own: hemligt", "USERPASSWORD: hem\n ligt", "2.5.4.35: hemligt",
    "sambaNTPassword: hemligt", "unicodePwd:: aGVtbGlndA==", "krbPrincipalKey: hemligt", "ipaNTHash: hemligt", "pwdHistory: hemligt",
    "supplementalCredentials: hemligt", "userPassword:< file:///hemligt",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_a_password_is_seen_by_nobody(secret: str) -> None:
    text = f"{PERSON}{secret}\nmail: a@b.example\n"
    every = frozenset(("userpassword", "mail", "sn", "2.5.4.35", "unicodepwd", "sambantpassword", "krbprincipalkey"))
    (entry,) = entries(text, every, "l")
    assert "hemligt" not in repr(entry) and b64("hemligt") not in repr(entry) and len(entry.names) == 5
    found = read(text)
    assert "hemligt" not in repr(found) and not found.ignored and len(found.rows) == 1


@pytest.mark.parametrize(
    "change",
    [
        "changetype: modify\nreplace: mail\nmail: x@y.example\n-\n",
        "changetype: delete\n",
        "control: 1.2.3 true\nchangetype: add\n",
    ],
)
def test_changes_to_a_directory_are_refused_in_words(change: str) -> None:
    with pytest.raises(RuleBroken, match="holds changes to a directory, not its people: line [0-9]") as caught:
        read(f"{PERSON}\ndn: uid=b\n" + change)
    assert caught.value.to_do


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("mail:< file:///etc/passwd", "mail", ELSEWHERE),
        ("mail:: !!!", "mail", NOT_BASE64),
        ("mail:: /w==", "mail", NOT_BASE64),
        ("mail a@b.example", "", NO_ATTRIBUTE),
    ],
)
def test_an_entry_that_cannot_be_read_is_a_fault_with_its_line(line: str, column: str, reason: str) -> None:
    found = read(f"{PERSON}{line}\n\n{PERSON}")
    assert [(fault.line, fault.column, fault.reason, fault.values) for fault in found.faults] == [
        (1, column, reason, {"line": 5})
    ]
    assert len(found.rows) == 1 and "passwd" not in repr(found)


def test_a_value_in_another_file_that_nobody_wants_harms_nobody() -> None:
    assert len(read(f"{PERSON}jpegPhoto:< file:///etc/passwd\n").rows) == 1


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("sn: Provsson\ncn: Åsa Maja Provsson\n", ("Åsa Maja", "Provsson")),
        ("cn: Åsa von Provsson\n", ("Åsa", "von Provsson")),
        ("displayName: Provsson, Åsa\n", ("Åsa", "Provsson")),
        ("2.5.4.42: Åsa\n2.5.4.4: Provsson\n", ("Åsa", "Provsson")),
    ],
)
def test_names_are_taken_from_what_there_is(lines: str, names: tuple[str, str]) -> None:
    (row,) = read(f"dn: uid=a\nobjectClass: person\n{lines}").rows
    assert (row.given, row.family) == names


def test_machines_groups_and_replies_are_no_people() -> None:
    found = read(
        PERSON + "\ndn: cn=pc,ou=machines\nobjectClass: person\nobjectClass: user\nobjectClass: computer\ncn: pc\n\n"
        "dn: ou=people,dc=uni\nou: people\n\ndn: cn=all\nobjectClass: groupOfNames\nmember: uid=a\n\nsearch: 2\nresult: 0 Success\n"
    )
    assert (len(found.rows), found.faults, found.left_out) == (1, [], 3)


def test_a_directory_without_people_is_told() -> None:
    with pytest.raises(RuleBroken, match="holds no people"):
        read("dn: dc=uni\nobjectClass: domain\n")


def test_an_export_in_utf_16_or_latin_1_is_read() -> None:
    for encoding in ("utf-16", "utf-8-sig", "windows-1252"):
        assert read(PERSON.replace("\n", "\r\n").encode(encoding)).rows[0].given == "Åsa"


@pytest.mark.parametrize("text", ["dn;ort\na;b\n", "Namn: x\n", "# dn: x\n", "version;1\n", "#\n \n" * 9_000])
def test_other_texts_are_no_ldif(text: str) -> None:
    assert not is_ldif(text)


@settings(deadline=None, max_examples=60)
@given(st.text(st.sampled_from("dn:sm ail<=\n\r#;åÅx,"), max_size=200))
def test_any_text_is_entries_or_refused(text: str) -> None:
    try:
        found = read(f"dn: uid=a\n{text}")
    except RuleBroken:
        return
    assert len(found.rows) + len(found.faults) + found.left_out > 0

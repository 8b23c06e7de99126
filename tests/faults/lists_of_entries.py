"""The same people as directories, cards and contact books write them."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterable, Sequence

Person = Sequence[str]  # given and family name, e-mail, mobile, town, birth date, remark


def ldif(people: Iterable[Person]) -> bytes:
    """An export of a directory, with its root, a password and a long line folded."""
    root = "version: 1\n# made by hand\n\ndn: dc=uni,dc=example\nobjectClass: domain\ndc: uni\n\n"
    return (root + "\n".join(map(_entry, people))).encode()


def _entry(person: Person) -> str:
    given, family, email, mobile, town, born, remark = person
    cn = base64.b64encode(f"{given} {family}".encode()).decode()
    return (
        f"dn: uid={given},ou=people,dc=uni,dc=example\nobjectClass: inetOrgPerson\nobjectClass: eduPerson\ncn:: {cn}\n"
        f"sn: {family}\ngivenName: {given}\nuserPassword:: e1NTSEF9\n c2VjcmV0\nmail: {email}\nmobile: {mobile}\nl: {town}\n"
        f"schacDateOfBirth: {born.replace('-', '')}\ndescription: {' '.join(remark.split())[:6]}\n  and more\n"
    )


def vcards(people: Iterable[Person], version: str) -> bytes:
    """Cards of a version, each as programs of its time write it."""
    write = _old_card if version == "2.1" else _card
    return "".join(write(person, version) for person in people).encode()


def _card(person: Person, version: str) -> str:
    given, family, email, mobile, town, born, remark = person
    note = remark.replace(";", r"\;").replace("\n", r"\n")
    return (
        f"BEGIN:VCARD\r\nVERSION:{version}\r\nN:{family};{given};;;\r\nFN:{given} {family}\r\nEMAIL;TYPE=INTERNET,HOME:{email}\r\n"
        f"item1.TEL;TYPE=CELL:{mobile}\r\nitem1.X-ABLabel:_$!<Mobile>!$_\r\nADR;TYPE=HOME:;;;{town};;;\r\nBDAY:{born}\r\n"
        f"NOTE:{note[:5]}\r\n {note[5:]}\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\r\n SkZJRgAB\r\nEND:VCARD\r\n"
    )


def _old_card(person: Person, version: str) -> str:
    given, family, email, mobile, town, born, remark = person
    name, place, note = (
        quopri.encodestring(part.encode()).decode() for part in (f"{family};{given};;;", f";;;{town};;;", remark)
    )
    soft = "CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE"
    return (
        f"BEGIN:VCARD\r\nVERSION:{version}\r\nN;{soft}:{name}\r\nEMAIL;INTERNET:{email}\r\nTEL;CELL:{mobile}\r\nADR;HOME;{soft}:{place}\r\n"
        f"BDAY:{born}\r\nNOTE;{soft}:{note[:3]}=\r\n{note[3:]}\r\nPHOTO;ENCODING=BASE64;JPEG:\r\n /9j/4AAQ\r\n SkZJRgAB\r\n\r\nEND:VCARD\r\n"
    )


def google(people: Iterable[Person]) -> bytes:
    """Contacts as Google exports them."""
    head = "First Name,Last Name,Birthday,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - City"
    lines = (f"{p[0]},{p[1]},{p[5]},* Home,{p[2]} ::: other-{p[2]},Mobile,{p[3]},Home,{p[4]}" for p in people)
    return "\r\n".join([head, *lines]).encode()

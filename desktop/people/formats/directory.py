"""People of a directory: what the attributes of inetOrgPerson, eduPerson, norEduPerson, SCHAC and Active Directory mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop.people.formats.ldif import Entry, entries, is_reply
from desktop.people.formats.records import Records, Value
from desktop.people.formats.table import Fault, Table
from desktop.people.formats.text_decoding import decode
from desktop.people.imports.name_parts import split_name

_PEOPLE = frozenset(
    (
        "person", "organizationalperson", "inetorgperson", "eduperson", "noreduperson", "user", "contact", "swamidperson",
        "funeteduperson", "schacpersonalcharacteristics", "mozillaabpersonalpha", "posixaccount",
    )
)  # fmt: skip
_NO_PEOPLE = frozenset(("computer", "msds-managedserviceaccount", "msds-groupmanagedserviceaccount"))
_PLACES = re.compile(r"\s*(?:ou|o|dc|c|l|st)\s*=", re.IGNORECASE)  # how the name of an entry begins that is no person

# Attribute -> field and label, in the order in which values are taken.
_FIELDS: dict[str, tuple[str, str]] = {
    "edupersonnickname": ("preferred", ""),
    "mail": ("email", ""),
    "rfc822mailbox": ("email", ""),
    "mailalternateaddress": ("email", ""),
    "maillocaladdress": ("email", ""),
    "proxyaddresses": ("email", ""),
    "mobile": ("phone", "mobile"),
    "mobiletelephonenumber": ("phone", "mobile"),
    "othermobile": ("phone", "mobile"),
    "telephonenumber": ("phone", "work"),
    "othertelephone": ("phone", "work"),
    "homephone": ("phone", "home"),
    "hometelephonenumber": ("phone", "home"),
    "otherhomephone": ("phone", "home"),
    "schacdateofbirth": ("birth_date", ""),
    "noredupersonbirthdate": ("birth_date", ""),
    "noredupersonnin": ("identity_number", ""),
    "schacpersonaluniqueid": ("identity_number", ""),
    "employeenumber": ("registry_id", ""),
    "street": ("street", "work"),
    "streetaddress": ("street", "work"),
    "postalcode": ("postcode", "work"),
    "l": ("city", "work"),
    "localityname": ("city", "work"),
    "co": ("country", "work"),
    "friendlycountryname": ("country", "work"),
    "preferredlanguage": ("language", ""),
    "schacmothertongue": ("language", ""),
    "title": ("title", ""),
    "o": ("organisation", ""),
    "organizationname": ("organisation", ""),
    "company": ("organisation", ""),
}
_NAMES = ("givenname", "gn", "sn", "surname", "cn", "commonname", "displayname", "noredupersonlegalname")
_WHOLE = ("postaladdress", "homepostaladdress", "registeredaddress")
_WANTED = frozenset(("dn", "objectclass", "schacpersonaluniquecode", *_NAMES, *_WHOLE, *_FIELDS))
_NUMBER_URN = re.compile(r"urn:(?:schac|mace:terena\.org:schac):personaluniqueid:([a-z]{2}):[^:]+:(.+)", re.IGNORECASE)
_STUDENT_URN = re.compile(r"urn:(?:schac|mace:terena\.org:schac):personaluniquecode:.*studentid:([^:]+)", re.IGNORECASE)
_TOWN = re.compile(r"(?:([A-Z]{1,2})[- ])?([0-9]{3} ?[0-9]{2})\s+(\S.*)")


def read_ldif(content: bytes, name: str) -> Table:
    """Read the people of an export; entries for groups, units and machines are left out and counted.

    Raises:
        RuleBroken: the file holds changes, or nobody, or is too long, or its letters cannot be read.
    """
    _encoding, text = decode(content, name)
    records = Records("ldif", name)
    for entry in entries(text, _WANTED, name):
        if is_reply(entry):
            continue
        if not _is_person(entry):
            records.left_out += 1
        elif entry.fault is not None:
            attribute, reason, line = entry.fault
            records.fail(Fault(entry.line, attribute, reason, {"line": line}))
        else:
            records.add(entry.line, _values(entry))
            for attribute, heading in entry.names.items():
                if attribute not in _WANTED:
                    records.ignore(heading)
    return records.table()


def _is_person(entry: Entry) -> bool:
    """Whether an entry is a person, as its classes say; without any, as its name does."""
    classes = {text.strip().lower() for text in entry.attributes.get("objectclass", ())}
    if classes:
        return bool(classes & _PEOPLE) and not classes & _NO_PEOPLE
    return not _PLACES.match(entry.first("dn"))


def _values(entry: Entry) -> Iterator[Value]:
    yield from _name(entry)
    for attribute, (field, label) in _FIELDS.items():
        heading = entry.names.get(attribute, "")
        for text in entry.attributes.get(attribute, ()):
            yield from _value(field, heading, text, label)
    for text in entry.attributes.get("schacpersonaluniquecode", ()):
        if (found := _STUDENT_URN.fullmatch(text.strip())) is not None:
            yield Value("registry_id", entry.names["schacpersonaluniquecode"], found[1], issuer="student")
    has_street = any(entry.first(attribute) for attribute in ("street", "streetaddress"))
    for attribute in _WHOLE:
        label = "home" if attribute.startswith("home") else "work"
        if text := entry.first(attribute) if label == "home" or not has_street else "":
            yield from _address(entry.names[attribute], text, label)
            has_street = has_street or label == "work"


def _name(entry: Entry) -> Iterator[Value]:
    """Given and family name; what is missing of them is taken from the whole name."""
    names = entry.names
    given = next((name for name in ("givenname", "gn") if entry.first(name)), "")
    family = next((name for name in ("sn", "surname") if entry.first(name)), "")
    whole = next((name for name in ("noredupersonlegalname", "displayname", "cn", "commonname") if entry.first(name)), "")
    first, last = entry.first(given), entry.first(family)
    if whole and not first and last and entry.first(whole).endswith(f" {last}"):
        first, given = entry.first(whole).removesuffix(last).strip(), whole
    elif whole and not first and not last:
        (first, last), given, family = split_name(entry.first(whole)), whole, whole
    yield Value("given", names.get(given, ""), first)
    yield Value("family", names.get(family, ""), last)


def _value(field: str, heading: str, text: str, label: str) -> Iterator[Value]:
    if field == "email":
        kind, colon, address = text.partition(":")
        if not colon or kind.lower() in ("smtp", "mailto"):
            yield Value(field, heading, address if colon else text, label)
    elif field == "identity_number":
        found = _NUMBER_URN.fullmatch(text.strip())
        yield Value(field, heading, found[2] if found else text, country=found[1].upper() if found else "")
    elif field == "registry_id":
        yield Value(field, heading, text, issuer="staff")
    elif field == "language":
        yield Value(field, heading, re.split("[-_,;]", text, maxsplit=1)[0])
    else:
        yield Value(field, heading, text, label)


def _address(heading: str, text: str, label: str) -> Iterator[Value]:
    """An address written whole, its lines apart by dollar signs: the street before the line with the postcode."""
    lines = [re.sub(r"\\24", "$", re.sub(r"\\5[cC]", r"\\", line)).strip() for line in text.split("$")]
    for number, line in enumerate(lines):
        if (town := _TOWN.fullmatch(line)) is not None:
            yield Value("street", heading, lines[number - 1] if number else "", label)
            yield Value("postcode", heading, town[2], label)
            yield Value("city", heading, town[3], label)
            yield Value("country", heading, " ".join(lines[number + 1 : number + 2]), label)
            return

"""Says what an import finds and does, in the reader's language. No Qt in this file."""

from __future__ import annotations

from datetime import date

from db.protected.people import KINDS
from db.texts import Msgid, _, ngettext
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.formats.table import PLACED, Fault
from desktop.people.imports.changes import field_label
from desktop.people.imports.columns import KnownColumn
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.reading import Entry, Kind
from desktop.people.imports.rows import ReadFile
from desktop.people.imports.storing import ImportCounts

KIND_TITLES: dict[Kind, Msgid] = {
    "new": _("New"),
    "changed": _("Changed"),
    "clash": _("Contradicts"),
    "several": _("Uncertain"),
    "same": _("Unchanged"),
    "faulty": _("Faulty"),
}
TILE_TITLES: dict[Kind, Msgid] = {
    "new": _("New rows"),
    "changed": _("Changed rows"),
    "clash": _("Contradictions"),
    "several": _("Who is it?"),
    "same": _("Unchanged rows"),
    "faulty": _("Faulty rows"),
}
KIND_HINTS: dict[Kind, Msgid] = {
    "new": _("will be added"),
    "changed": _("known, something is new"),
    "clash": _("left out until decided"),
    "several": _("left out until decided"),
    "same": _("known, nothing is new"),
    "faulty": _("cannot be used"),
}
DONE_HINTS: dict[Kind, Msgid] = {
    "new": _("were added"),
    "changed": _("were changed"),
    "clash": _("decided ones were taken"),
    "several": _("decided ones were taken"),
    "same": _("are as they were"),
    "faulty": _("were left out"),
}
TONES: dict[Kind, str] = {"new": "ok", "changed": "warn", "clash": "bad", "several": "bad", "same": "", "faulty": "bad"}
# What a column of the file holds.
COLUMN_TITLES = {
    "given": _("Given name"),
    "middle": _("Middle name"),
    "family": _("Family name"),
    "full_name": _("Whole name"),
    "preferred": _("Preferred name"),
    "birth_date": _("Birth date"),
    "identity_number": _("Personal identity number"),
    "registry_id": _("Registry number"),
    "learner_oid": _("Finnish learner number"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "mobile": _("Mobile"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "country": _("Country"),
    "language": _("Language"),
    "programme": _("Programme"),
    "term": _("Term"),
    "organisation": _("Organisation"),
    "title": _("Position"),
    "unit": _("Unit"),
    "role": _("Role or status"),
    "note": _("Note"),
    "fact": _("Note, with the heading before it"),
    "protection": _("Mark of protection"),
}
SEPARATORS = {";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": _("upright line")}
FORMATS = {
    "xlsx": _("Excel workbook (XLSX)"),
    "xls": _("Excel workbook of the old kind (XLS)"),
    "ods": _("OpenDocument spreadsheet (ODS)"),
    "ldif": _("Directory export (LDIF)"),
    "vcard": _("Contact cards (vCard)"),
}
ENCODINGS = {"utf-8": "UTF-8", "windows-1252": "Windows-1252"}


def column(known: KnownColumn) -> Msgid:
    """What a column of the file holds."""
    return words.ISSUERS.get(known.issuer, COLUMN_TITLES[known.field])


def column_title(known: KnownColumn, texts: Texts) -> str:
    """The same in words, with what the file calls this one of several: E-mail, work."""
    title = texts.say(column(known))
    if not known.label or known.field == "mobile":
        return title
    return texts.say(_("{field}, {label}"), field=title, label=words.label(words.CONTACT_LABELS, known.label, texts))


def heading(text: str, texts: Texts) -> str:
    """What a column is called in its file, or where it stands when it has no heading."""
    placed = PLACED.fullmatch(text)
    return texts.say(_("Column {letters}"), letters=placed[1]) if placed else text


def file_facts(file: ReadFile, texts: Texts) -> list[tuple[str, str]]:
    """What was found out about a file besides its name: of a text how it is written, of others their kind and sheet."""
    if file.encoding in FORMATS:
        facts = [(texts.say(_("Kind")), texts.say(FORMATS[file.encoding]))]
        if len(file.sheets) == 1:  # of several one is chosen elsewhere
            facts.append((texts.say(_("Sheet")), file.sheet))
    else:
        facts = [
            (texts.say(_("Encoding")), encoding(file.encoding)),
            (texts.say(_("Separator")), separator(file.delimiter, texts)),
        ]
    if file.mapping.headings == "none":
        facts.append((texts.say(_("Headings")), texts.say(_("none"))))
    elif file.heading_lines and file.heading_lines != (1,):
        facts.append((texts.say(_("Headings in row")), "–".join(map(texts.number, file.heading_lines))))
    if file.left_out:
        facts.append((texts.say(_("Entries that are no people")), texts.number(file.left_out)))
    return facts


def encoding(code: str) -> str:
    """The name of an encoding as programs write it."""
    return ENCODINGS.get(code, code.upper())


def separator(sign: str, texts: Texts) -> str:
    """What stands between the cells of the file."""
    return texts.say(SEPARATORS[sign]) if sign in SEPARATORS else f"“{sign}”"


def detail(entry: Entry, texts: Texts) -> str:
    """What is in a new row, what changes, or what is wrong, in one line."""
    if entry.fault is not None:
        return fault(entry.fault, texts)
    if entry.plan is not None and (entry.plan.clashes or entry.plan.changes):
        clashes = (clash(found, texts) for found in entry.plan.clashes)
        return " · ".join((*clashes, *(change(found, texts) for found in entry.plan.changes)))
    if entry.plan is not None and entry.kind == "several":
        count = ngettext("may be {count} person of the register", "may be {count} people of the register")
        mark = texts.say(KINDS[entry.row.protected]) if entry.row is not None and entry.row.protected else ""
        return " · ".join(filter(None, (mark, texts.say_n(count, len(entry.plan.candidates)))))
    if entry.plan is not None and entry.plan.kept:
        return texts.say(_("stays: {fields}"), fields=", ".join(change(found, texts) for found in entry.plan.kept))
    return " · ".join(gist(entry.row, texts)) if entry.row is not None and entry.kind == "new" else ""


def details(entry: Entry, texts: Texts) -> list[tuple[str, str]]:
    """The same in full: pairs of a name and what is said under it."""
    if entry.fault is not None:
        return [(heading(entry.fault.column, texts) or texts.say(_("Row")), texts.say(entry.fault.reason, **entry.fault.values))]
    if entry.plan is None:
        return []
    lines = [(texts.say(field_label(found)), sides(found, texts)) for found in entry.plan.changes]
    stays = _("{value} stays; the file says {other}")
    for found in entry.plan.kept:
        values = {"value": _value(found.field, found.before, texts), "other": _value(found.field, found.after, texts)}
        lines.append((texts.say(field_label(found)), texts.say(stays, **values)))
    return lines


def marks(count: int, texts: Texts) -> str:
    """What is said of rows marked as protected while nobody knows whom they are about."""
    text = ngettext(
        "{count} row marked as protected protects nobody until somebody says who it is.",
        "{count} rows marked as protected protect nobody until somebody says who they are.",
    )
    return texts.say_n(text, count)


def fault(found: Fault, texts: Texts) -> str:
    """Why a row cannot be used, with the column at fault."""
    reason = texts.say(found.reason, **found.values)
    return f"{heading(found.column, texts)}: {reason}" if found.column else reason


def change(found: Change, texts: Texts) -> str:
    """One thing that changes, with its name."""
    return f"{texts.say(field_label(found))}: {sides(found, texts)}"


def clash(found: Change, texts: Texts) -> str:
    """One thing on which the register and the file contradict each other, with its name."""
    ours, theirs = (side(found.field, value, texts) for value in (found.before, found.after))
    return texts.say(_("{field}: {ours} or {theirs}?"), field=texts.say(field_label(found)), ours=ours, theirs=theirs)


def sides(found: Change, texts: Texts) -> str:
    """Before and after; only the after where there was nothing before."""
    before, after = (_value(found.field, value, texts) for value in (found.before, found.after))
    return f"{before} → {after}" if before else f"+ {after}"


def gist(row: IncomingPerson, texts: Texts) -> list[str]:
    """What tells one new person from another: how to reach them, where they live, what they were admitted to."""
    email = row.emails[0][0] if row.emails else ""
    phone = row.phones[0][0] if row.phones else ""
    studies = " ".join(filter(None, (row.programme, words.term(row.term, texts))))
    protected = texts.say(KINDS[row.protected]) if row.protected else ""
    return [part for part in (protected, email or phone, row.city, studies) if part]


def side(field: str, value: str, texts: Texts) -> str:
    """What one side says of a field."""
    if field == "identifier" and value:
        return texts.say(_("another {number}"), number=_value(field, value, texts))
    return _value(field, value, texts)


def _value(field: str, value: str, texts: Texts) -> str:
    if field == "birth_date" and value:
        return texts.day(date.fromisoformat(value))
    if field == "language":
        return words.language(value, texts) if value else ""
    if field == "identifier":
        kind, _colon, issuer = value.partition(":")
        return words.identifier(kind, texts, issuer)
    if field == "protection":
        return texts.say(KINDS[value]) if value else ""
    if field == "role":
        role, _space, rest = value.partition(" ")
        return " ".join((words.role(role, texts), *(words.term(part, texts) for part in rest.split())))
    if field == "admitted":
        return " ".join(words.term(part, texts) for part in value.split(" "))
    return " ".join(value.split())


def result(counts: ImportCounts, people: int, texts: Texts) -> tuple[str, str]:
    """What an import did, and how many rows fell into which class; `people` is how many it touched."""
    parts = texts.say(
        _("Rows: {new} new, {changed} changed, {same} unchanged, {faulty} faulty."),
        new=texts.number(counts.new), changed=texts.number(counts.changed),
        same=texts.number(counts.same), faulty=texts.number(counts.faulty),
    )  # fmt: skip
    undecided = counts.clash + counts.several
    if undecided:
        waiting = ngettext("{count} row waits for a decision.", "{count} rows wait for a decision.")
        parts += " " + texts.say_n(waiting, undecided)
    if counts.marked:
        parts += " " + marks(counts.marked, texts)
    if counts.overtaken:
        parts += " " + texts.say_n(
            ngettext(
                "{count} row was left out, since somebody changed that person meanwhile. Read the file again to see it.",
                "{count} rows were left out, since somebody changed those people meanwhile. Read the file again to see them.",
            ),
            counts.overtaken,
        )
    if counts.change_set is not None:
        return texts.say_n(ngettext("{count} person imported.", "{count} people imported."), people), parts
    return texts.say(_("Nothing was imported.") if counts.overtaken else _("Nothing had to be changed.")), parts

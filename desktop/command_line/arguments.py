"""What the command line understands: every command and option."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Name the slip; `--help` shows the rest."""
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        raise SystemExit(2)


def parser() -> argparse.ArgumentParser:
    """Every command and option. Common options may stand before or after the command."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--db", metavar="FILE|PROFILE", help="a database file or the name of a profile; else your own database")
    common.add_argument("--as", dest="login", metavar="NAME", help="act as this local user")
    common.add_argument("--recovery-key", metavar="FILE", help="open an encrypted database with the recovery key in FILE; - asks")
    common.add_argument("--json", action="store_true", help="print the result as JSON")
    top = _Parser(prog="kontinuum", description="Kontinuum, a register for university offices.", parents=[common])
    top.add_argument("--safe", action="store_true", help="open the window without modules")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common])

    demo = add("demo", "fill a database with invented people")
    demo.add_argument("--people", type=_positive, default=400, metavar="N", help="how many (default: 400)")
    bring = add("import", "bring a file in: people (a list) or policy (a Markdown file); or list the profiles for lists")
    bring.add_argument("what", metavar="people|policy|profiles")
    bring.add_argument("file", type=Path, nargs="?")
    bring.add_argument("--sheet", metavar="NAME", help="which sheet of a spreadsheet (default: the first that looks like a list)")
    bring.add_argument("--profile", metavar="NAME", help="what the columns mean (default: as their headings are recognised)")
    bring.add_argument("--dry-run", action="store_true", help="only say what would happen")
    bring.add_argument("--past-brake", action="store_true", help="import although much that is known would be overwritten")
    bring.add_argument("--no-backup", action="store_true", help="make no copy of the database first")
    take = add("export", "take a list out as a file (.xlsx, .ods or .csv); it is written down with your name and the purpose")
    take.add_argument("what", metavar="people")
    take.add_argument("--out", type=Path, required=True, metavar="FILE")
    take.add_argument("--purpose", required=True, metavar="TEXT", help="what the list is for")
    take.add_argument("--recipient", default="", metavar="TEXT", help="who gets it")
    take.add_argument("--view", default="", metavar="NAME", help="a saved view: who, in which columns (default: everybody)")
    _add_person(add("person", "the rights of one person: report, or erase"), common)
    _add_retention(add("retention", "people and old rows whose time is over: due, carry-out, old-rows, carry-out-rows"), common)
    find = add("search", "find people by parts of names, e-mail addresses and phone numbers")
    find.add_argument("text")
    find.add_argument("--limit", type=_positive, default=20, metavar="N", help="how many at most (default: 20)")
    out = add("print", "make a document, such as a policy or its consent form")
    out.add_argument("what", metavar="policy")
    out.add_argument("record", metavar="ID|TITLE")
    out.add_argument("--consent", action="store_true", help="the consent form instead of the policy")
    out.add_argument("--out", type=Path, required=True, metavar="FILE")
    _add_history(add("history", "what was changed: list, or take-back ID"), common)
    copy = add("backup", "copy the database and check the copy")
    copy.add_argument("file", type=Path, nargs="?", help="where to; else a dated file among the database's backups")
    add("backups", "list the backups of the database, the newest first")
    back = add("restore", "put a checked copy in the place of the database")
    back.add_argument("file", type=Path)
    _add_keys(add)
    check = add("check", "look whether the database holds together")
    check.add_argument("--mend-search", action="store_true", help="make the search index anew first")
    name = add("profile", "name a database, or list the names")
    name.add_argument("name", nargs="?", metavar="NAME")
    name.add_argument("file", nargs="?", metavar="DATABASE", help="the file or postgresql://… that NAME stands for from now on")
    name.add_argument("--lists-from", metavar="HOST", help="read lists from a copy of the server, a hot standby; “” for none")
    add("doctor", "say what this machine lacks, in words")
    tour = add("tour", "walk through the program off-screen and leave pictures and PDFs")
    tour.add_argument("--out", type=Path, required=True, metavar="DIR")
    add("modules", "list the modules and how each is doing")
    _add_server(add("server", "set up and look after a database on a PostgreSQL server"), common)
    return top


def _add_person(person: argparse.ArgumentParser, common: _Parser) -> None:
    """What a person may ask of the office."""
    steps = person.add_subparsers(dest="step", metavar="report|erase", required=True, parser_class=_Parser)
    text = "everything that is held about a person, as PDF and JSON; it is written down with your name and the reason"
    report = steps.add_parser("report", help=text, description=text, parents=[common])
    report.add_argument("person", metavar="ID|NUMBER", help="of somebody with a protected identity, for officers: the handle")
    report.add_argument("--out", type=Path, required=True, metavar="DIR")
    report.add_argument("--reason", required=True, metavar="TEXT", help="why the report is made")
    report.add_argument("--lang", choices=("sv", "fi", "en"), default="", help="its language (default: the person's own)")
    text = "erase a person for good, with search, history and drafts; nobody can take it back"
    erase = steps.add_parser("erase", help=text, description=text, parents=[common])
    erase.add_argument("person", metavar="ID|NUMBER", help="of somebody with a protected identity, for officers: the handle")
    _add_decision(erase)
    erase.add_argument("--anonymise", action="store_true", help="let what can be counted without the person go on being counted")


def _add_retention(retention: argparse.ArgumentParser, common: _Parser) -> None:
    """How long people are kept."""
    steps = retention.add_subparsers(dest="step", metavar="STEP", required=True, parser_class=_Parser)
    for name, text in (
        ("due", "who is due by the rules that are on: how many by each rule"),
        ("old-rows", "old rows of people who stay that are due by the rules that are on: how many by each rule"),
    ):
        due = steps.add_parser(name, help=text, description=text, parents=[common])
        due.add_argument("--on", type=_day, metavar="DAY", help="as of this day, written 2026-12-31 (default: today)")
    for name, lister, text in (
        ("carry-out", "due", "dispose of everybody who is due today"),
        ("carry-out-rows", "old-rows", "dispose of all old rows that are due today"),
    ):
        text += ", or go on where an earlier run was broken off; nobody can take it back"
        act = steps.add_parser(name, help=text, description=text, parents=[common])
        _add_decision(act)
        said = f"only by this rule, as {lister} prints it; may be repeated"
        act.add_argument("--rule", action="append", default=[], metavar="RULE", help=said)
        act.add_argument("--certificate", type=Path, metavar="FILE", help="also write the certificate, a PDF to sign")


def _add_decision(step: argparse.ArgumentParser) -> None:
    step.add_argument("--reason", required=True, metavar="TEXT", help="why, without names: it is kept for good")
    step.add_argument("--case", required=True, metavar="TEXT", help="the case or decision it rests on, such as its number")
    step.add_argument("--yes", action="store_true", help="needed: say that you know that nobody can take it back")


def _add_server(server: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The administrator's commands; each needs the address of the database."""
    steps = server.add_subparsers(dest="step", metavar="STEP", required=True, parser_class=_Parser)

    def add(to: Any, name: str, text: str, *, step: str = "") -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = to.add_parser(name, help=text, description=text, parents=[common])
        made.add_argument(
            "--dsn", required=True, metavar="postgresql://USER@HOST/DATABASE", help="as an administrator; without a password"
        )
        made.set_defaults(step=step or name)
        return made

    add(steps, "init", "set up an empty database, or bring one up to date")
    add(steps, "upgrade", "bring the tables, functions and rights up to date")
    add(steps, "check", "compare what every login can do with what it should, and give advice")
    add(steps, "export-sql", "print every statement of init, and do nothing")
    bring = add(steps, "move", "bring everything in a database file to an empty database; the file stays as it is")
    bring.add_argument("file", type=Path, help="the file, encrypted or not")
    erased = add(steps, "erased", "add the ids of everybody who was erased to a list kept apart from the backups")
    again = add(steps, "erase-again", "after a backup was restored: erase whom it brought back of those in the list; for good")
    for one in (erased, again):
        one.add_argument("--list", type=Path, required=True, metavar="FILE", help="the list; it holds ids and no names")
    again.add_argument("--case", required=True, metavar="TEXT", help="the case it rests on, such as its number")
    again.add_argument("--yes", action="store_true", help="needed: say that you know that nobody can take it back")
    users = steps.add_parser("user", help="who may use the database").add_subparsers(
        dest="user_step", metavar="add|roles|remove", required=True, parser_class=_Parser
    )
    for name, text in (("add", "let somebody in"), ("roles", "give a user other roles"), ("remove", "let a user in no more")):
        user = add(users, name, text, step=f"user {name}")
        user.add_argument("name", metavar="NAME", help="the sign-in name")
        if name != "remove":
            user.add_argument("--role", action="append", required=True, metavar="ROLE", help="may be given several times")
        if name == "add":
            user.add_argument("--name", dest="full_name", default="", metavar="TEXT", help="how the person is called")
            how = user.add_mutually_exclusive_group()
            how.add_argument("--generate", action="store_true", help="make a password and print it once, instead of asking")
            how.add_argument(
                "--no-password", action="store_true", help="for who signs in by Kerberos, a certificate or the computer's account"
            )


def _add_history(past: argparse.ArgumentParser, common: _Parser) -> None:
    """What was changed, and taking it back."""
    steps = past.add_subparsers(dest="step", metavar="list|take-back", required=True, parser_class=_Parser)
    listing = steps.add_parser("list", help="the newest changes first", parents=[common])
    listing.add_argument("--limit", type=_positive, default=50, metavar="N", help="how many at most (default: 50)")
    taking = steps.add_parser("take-back", help="undo one change", parents=[common])
    taking.add_argument("id", metavar="ID")
    taking.add_argument("--no-backup", action="store_true", help="make no copy first, however much is undone")


def _add_keys(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The commands about encryption."""
    lock = add("encrypt", "encrypt the database as a whole, and its backups with it")
    lock.add_argument("--out", type=Path, metavar="FILE", help="also write the recovery key: a .pdf to print, else a text")
    lock.add_argument(
        "--no-keyring", action="store_true", help="keep the key nowhere: it is given with each command, typed in the window"
    )
    add("decrypt", "make an encrypted database plain again")
    paper = add("recovery-key", "print the recovery key of an encrypted database")
    paper.add_argument("--out", type=Path, metavar="FILE", help="write it to a .pdf to print, else to a text")
    add("unlock", "keep the recovery key given in this computer's keyring")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-12-31") from None


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number

"""What each command of the command line does, through the same services as the window."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from db import backups, copies, faults
from db.actor import Actor
from db.base import new_id
from db.errors import RuleBroken, Unavailable
from db.history import TAKE_BACK, find_change_set, history, take_back
from db.models.person import Person
from db.profiles import Places, copies_of, is_server, locate, locate_file, read_profiles, save_profile
from db.search import search
from db.texts import _
from desktop import command_keys, command_passwords, command_people, command_retention
from desktop.assembly import Ground, assemble, new_registry, open_database, parts_of
from desktop.core.clock import SystemClock, office_zone
from desktop.core.copy_first import CopyFirst
from desktop.core.documents import save
from desktop.core.history_words import say_change
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.texts import Texts
from desktop.people.erasing.erase import NOBODY, World
from desktop.people.erasing.restoring import restore_without_erased

Lines = Iterator[str]


def run(asked: Namespace) -> Lines:
    """Carry out the command and give the lines to print.

    Raises:
        Told: it could not be done, in words.
    """
    command_keys.take_given(asked)
    return _COMMANDS[asked.command](asked)


@contextmanager
def _opened(asked: Namespace, *, writes: bool, dry: bool = False, invented: bool = False) -> Iterator[Ground]:
    """The parts around the database asked for. A file that is not there is made only by what writes to it.

    It is made encrypted, unless its people are `invented`.
    """
    path = locate(asked.db, Places.of_this_machine())
    registry = new_registry(SystemClock(office_zone()))
    remark = ""
    with TemporaryDirectory(prefix="kontinuum-") as folder:
        if isinstance(path, Path) and not path.exists() and not writes:
            if not dry:
                raise Unavailable(
                    _("There is no database {file}."),
                    _("Give another with --db, or make one with “demo” or “import”."),
                    file=str(path),
                )
            path = Path(folder) / "dry.kontinuum"
        elif isinstance(path, Path) and not path.exists() and not invented:
            remark = command_keys.begin_protected(path)
        database = command_passwords.open_asking(path, registry)
        try:
            ground = assemble(database, registry, login=asked.login, make_tasks=ImmediateTasks)
            if isinstance(path, Path) and not getattr(asked, "no_backup", False):
                settings, clock = ground.settings, ground.context.clock
                wanted = partial(settings.get, "core.backup_before")
                database.before_step = CopyFirst(path, clock, registry.verbs, wanted)
            yield ground
            if remark:
                command_keys.warn(remark)  # who was refused hears only that
        finally:
            database.close()


def _print(asked: Namespace, plain: Any, words: list[str]) -> Lines:
    if asked.json:
        yield json.dumps(plain, ensure_ascii=False)
    else:
        yield from words


def _demo(asked: Namespace) -> Lines:
    if asked.db is None:
        asked.db = str(Places.of_this_machine().demo_database)
    from desktop.people.demo_data import fill

    with _opened(asked, writes=True, invented=True) as ground:
        context = ground.context
        with context.database.read() as session:
            if session.scalar(select(func.count()).select_from(Person)):
                raise RuleBroken(
                    _("{file} already holds people."), _("Demo data goes only into an empty database."), file=asked.db
                )
        people = fill(context, asked.people)
        yield from _print(asked, {"people": len(people), "file": asked.db}, [f"{len(people)} demo people in {asked.db}"])


def _import(asked: Namespace) -> Lines:
    if asked.what == "profiles":
        yield from _import_profiles(asked)
        return
    if asked.file is None:
        raise RuleBroken(_("The command does not say which file to bring in."), _("Write its name last."))
    if not asked.file.is_file():
        raise Unavailable(_("There is no file {file}."), _("Check its name."), file=str(asked.file))
    with _opened(asked, writes=not asked.dry_run, dry=asked.dry_run) as ground:
        offers = {o.contribution.key.rpartition(".")[2]: o for o in ground.context.offers("import")}
        if asked.what not in offers:
            raise RuleBroken(
                _("Nothing called {what} can be imported."),
                _("Possible: {known}."),
                what=asked.what,
                known=", ".join(sorted(offers)),
            )
        bring = ground.context.load(offers[asked.what].contribution.opens)
        more = {name: value for name in ("sheet", "profile", "past_brake") if (value := getattr(asked, name))}
        for name in more.keys() - signature(bring).parameters.keys():
            option = "--" + name.replace("_", "-")
            raise RuleBroken(_("{option} says nothing about {what}."), _("Leave it out."), option=option, what=asked.what)
        result = dict(bring(ground.context, asked.file, asked.dry_run, **more))
    plain = {key: str(value) if key == "change_set" and value else value for key, value in result.items()}
    words = ", ".join(f"{value} {key}" for key, value in plain.items() if key != "change_set")
    tail = (
        "; nothing was saved"
        if asked.dry_run
        else f"; take back with: history take-back {plain['change_set']}"
        if plain.get("change_set")
        else ""
    )
    yield from _print(asked, plain, [f"{asked.file.name}: {words}{tail}"])


def _import_profiles(asked: Namespace) -> Lines:
    from desktop.people.imports.mapping.profiles import profiles_for
    from desktop.people.imports.mapping.ready import ready_profiles

    with _opened(asked, writes=False, dry=True) as ground:
        with ground.context.database.read() as session:
            kept = profiles_for(session, ground.context.actor.id)
        say = ground.context.texts.say
        plain = [{"name": each.name, "kind": "shared" if each.shared else "own", "title": each.name} for each in kept]
        plain += [{"name": key, "kind": "ready", "title": say(ready.title)} for key, ready in ready_profiles().items()]
    width = max(len(each["name"]) for each in plain)
    yield from _print(asked, plain, [f"{each['name']:<{width}}  {each['kind']:<6}  {each['title']}" for each in plain])


def _export(asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground:
        offers = {o.contribution.key.rpartition(".")[2]: o for o in ground.context.offers("export")}
        if asked.what not in offers:
            raise RuleBroken(
                _("Nothing called {what} can be exported."),
                _("Possible: {known}."),
                what=asked.what,
                known=", ".join(sorted(offers)),
            )
        take = ground.context.load(offers[asked.what].contribution.opens)
        plain = dict(take(ground.context, asked.out.resolve(), asked.view, asked.purpose, asked.recipient))
    yield from _print(asked, plain, [f"{plain['file']}: {plain['people']} {asked.what}"])


def _step_of(steps: Mapping[str, Callable[..., tuple[Any, list[str]]]], asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground:
        plain, words = steps[asked.step](ground.context, asked)
    yield from _print(asked, plain, words)


def _search(asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground, ground.context.database.read() as session:
        hits = search(session, asked.text, asked.limit, identifiers=ground.context.may("people.identifiers"))
    plain = [{"kind": hit.kind, "id": str(hit.id), "name": hit.title, "detail": hit.detail} for hit in hits]
    yield from _print(asked, plain, [f"{hit.id}  {hit.title}  {hit.detail}".rstrip() for hit in hits])


def _print_document(asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground:
        offers = {o.contribution.key: o for o in ground.context.offers("document")}
        wanted = f"{asked.what}.consent" if asked.consent else asked.what
        ending = f".{'consent' if asked.consent else asked.what}"
        keys = [k for k in offers if k == wanted or k.endswith(ending)]
        if not keys:
            raise RuleBroken(
                _("There is no document called {what}."), _("Possible: {known}."), what=wanted, known=", ".join(sorted(offers))
            )
        content: bytes = ground.context.load(offers[keys[0]].contribution.opens)(ground.context, asked.record)
    with faults.told(asked.out):
        asked.out.resolve().parent.mkdir(parents=True, exist_ok=True)
    save(asked.out.resolve(), content)
    yield from _print(asked, {"file": str(asked.out), "bytes": len(content)}, [str(asked.out)])


def _history(asked: Namespace) -> Lines:
    if asked.step == "take-back":
        yield from _take_back(asked)
        return
    with _opened(asked, writes=False) as ground, ground.context.database.read() as session:
        verbs, texts = ground.registry.verbs(), ground.context.texts
        lines = history(session, limit=asked.limit)
        plain = [
            {
                "id": str(line.id),
                "at": line.at.isoformat(),
                "actor": line.actor,
                "verb": line.verb,
                "text": say_change(line, verbs, texts),
            }
            for line in lines
        ]
        words = [f"{p['id']}  {texts.moment(line.at)}  {p['actor']}  {p['text']}" for p, line in zip(plain, lines, strict=True)]
    yield from _print(asked, plain, words)


def _take_back(asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground:
        context = ground.context
        with context.database.read() as session:
            line = find_change_set(session, asked.id)
        verb = ground.registry.verbs().get(line.verb)
        if verb is not None and not verb.undoable:
            raise RuleBroken(_("This step cannot be taken back."), _("It stays written down."))
        with context.database.write(context.actor, TAKE_BACK) as session:
            done = take_back(session, line.id)
    plain = {
        "undone": done.undone,
        "kept": [{"table": table, "id": str(row)} for table, row in done.kept],
        "change_set": str(done.change_set) if done.change_set else None,
    }
    words = [f"{done.undone} rows taken back, {len(done.kept)} kept because they were touched since"]
    yield from _print(asked, plain, words + [f"kept: {table} {row}" for table, row in done.kept])


def _backup(asked: Namespace) -> Lines:
    with _opened(asked, writes=False) as ground:
        path, clock = ground.context.database.path, ground.context.clock
        if asked.file:
            made = copies.back_up(ground.context.database, asked.file)
        else:
            made = backups.make_backup(path, "hand", clock.now(), zone=clock.zone)
    yield from _print(asked, _plain(made), [f"{made.path}: {made.people} people, {made.changes} changes, checked"])


def _backups(asked: Namespace) -> Lines:
    path = locate_file(asked.db, Places.of_this_machine())
    found, clock = backups.backups_of(path), SystemClock(office_zone())
    texts = Texts("en", zone=clock.zone, now=clock.now)
    plain = [{"file": str(b.path), "at": b.at.isoformat(), "reason": b.reason, "size": b.size} for b in found]
    words = [f"{texts.moment(b.at)}  {b.size // 1024:>9} KiB  {texts.say(backups.REASONS[b.reason])}  {b.path}" for b in found]
    yield from _print(asked, plain, words)


def _restore(asked: Namespace) -> Lines:
    target, clock = locate_file(asked.db, Places.of_this_machine()), SystemClock(office_zone())
    registry = new_registry(clock)
    aside = backups.place_for(target, clock.now(), "restore")
    actor, world = Actor(new_id(), asked.login or "kontinuum"), World(registry.fates(), NOBODY)
    former = restore_without_erased(asked.file, target, actor, world, parts=parts_of(registry), aside=aside)
    try:
        open_database(target, registry).close()  # an older copy is brought up to date
    except Exception:
        copies.put_back(former, target)
        raise
    kept = f"; what was there before is now {former}" if former else ""
    yield from _print(asked, {"file": str(target), "former": str(former) if former else None}, [f"{target} restored{kept}"])


def _check(asked: Namespace) -> Lines:
    path = locate_file(asked.db, Places.of_this_machine())
    if asked.mend_search:
        with _opened(asked, writes=False) as ground:
            ground.context.database.rebuild_search()
    found = copies.check_copy(path)
    if found.problems:
        raise Unavailable(
            _("{file} is damaged: {problem}."), _("Restore a backup."), file=found.path.name, problem="; ".join(found.problems)
        )
    yield from _print(asked, _plain(found), [f"{found.path}: {found.people} people, {found.changes} changes, all in order"])


def _profile(asked: Namespace) -> Lines:
    places = Places.of_this_machine()
    if asked.name and asked.file is None:
        raise RuleBroken(_("A name needs a database to stand for."), _("Give the file after the name."))
    if asked.name:
        server = is_server(asked.file)
        _refuse_copies(asked.file if server else "", asked.lists_from)
        address = asked.file if server else Path(asked.file).expanduser().resolve()
        save_profile(places, asked.name, address, copies=asked.lists_from)
        if server:
            command_passwords.accept_anew(asked.file)
    known = {name: str(path) for name, path in sorted(read_profiles(places).items())}
    copies = {name: copies_of(places, path) for name, path in read_profiles(places).items()}
    lines = [f"{name}  {path}" + (f"  (lists from {copies[name]})" if copies[name] else "") for name, path in known.items()]
    yield from _print(asked, known, lines)


def _refuse_copies(server: str, copies: str | None) -> None:
    """Only a server has copies, and they are hosts."""
    if copies and not server:
        raise RuleBroken(_("Only a server has a copy that lists are read from."), _("Leave it out."))
    if copies:
        from db.postgresql.replica import address_of_copy  # loads the driver, which a file does not need

        address_of_copy(server, copies)


def _plain(found: copies.Checked) -> dict[str, Any]:
    return {
        "file": str(found.path),
        "people": found.people,
        "changes": found.changes,
        "size": found.size,
        "problems": list(found.problems),
    }


def _doctor(asked: Namespace) -> Lines:
    from desktop.core.packed import read_packed
    from desktop.doctor import examine

    remarks = examine(Places.of_this_machine())
    missing = [remark.text for remark in remarks if not remark.well]
    yield from _print(
        asked,
        [{"text": r.text, "well": r.well} for r in remarks],
        [("ok       " if r.well else "MISSING  ") + r.text for r in remarks],
    )
    if missing:
        remedy = (
            _("Install the program anew, or what is named.")
            if read_packed()
            else _("Run “make setup”, or install what is named.")
        )
        raise Unavailable(_("This machine lacks: {what}."), remedy, what="; ".join(missing))


def _tour(asked: Namespace) -> Lines:
    from desktop.tour import run_tour

    made = run_tour(asked.out)
    yield from _print(
        asked, [str(path) for path in made], [str(path) for path in made] + [f"{len(made)} files in {asked.out.resolve()}"]
    )


def _modules(asked: Namespace) -> Lines:
    path = locate(asked.db, Places.of_this_machine())
    registry = new_registry(SystemClock(office_zone()))
    if isinstance(path, str) or path.exists():
        with _opened(asked, writes=False) as ground:
            registry = ground.registry
    plain = [
        {"key": m.key, "title": str(m.title), "state": m.state, "reason": m.reason.format(**m.reason_values)}
        for m in registry.modules
    ]
    yield from _print(asked, plain, [f"{p['key']:12} {p['state']:10} {p['title']}  {p['reason']}".rstrip() for p in plain])


def _server(asked: Namespace) -> Lines:
    from desktop import server_commands  # loads the driver, which files do not need

    return server_commands.run(asked)


def _about_keys(act: Callable[[Namespace], Iterator[command_keys.Said]], asked: Namespace) -> Lines:
    for plain, words in act(asked):
        yield from _print(asked, plain, words)


_COMMANDS: dict[str, Callable[[Namespace], Lines]] = {
    "demo": _demo, "import": _import, "export": _export,
    "person": partial(_step_of, {"report": command_people.report, "erase": command_people.erase}),
    "retention": partial(_step_of, command_retention.STEPS),
    "search": _search, "print": _print_document, "history": _history, "backup": _backup, "backups": _backups,
    "restore": _restore, "check": _check, "profile": _profile, "doctor": _doctor, "tour": _tour, "modules": _modules,
    "encrypt": partial(_about_keys, command_keys.encrypt), "decrypt": partial(_about_keys, command_keys.decrypt),
    "recovery-key": partial(_about_keys, command_keys.recovery_key), "unlock": partial(_about_keys, command_keys.unlock),
    "server": _server,
}  # fmt: skip

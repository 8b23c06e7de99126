"""What the command line does with the register: demo, import, export and search."""

from __future__ import annotations

from argparse import Namespace
from inspect import signature

from sqlalchemy import func, select

from db.errors import RuleBroken, Unavailable
from db.models.person import Person
from db.profiles import Places
from db.search import search
from db.texts import _
from desktop.command_line.opening import Lines, opened, printed


def demo(asked: Namespace) -> Lines:
    """Fill an empty database with invented people."""
    if asked.db is None:
        asked.db = str(Places.of_this_machine().demo_database)
    from desktop.people.demo_data import fill

    with opened(asked, writes=True, invented=True) as ground:
        context = ground.context
        with context.database.read() as session:
            if session.scalar(select(func.count()).select_from(Person)):
                raise RuleBroken(
                    _("{file} already holds people."), _("Demo data goes only into an empty database."), file=asked.db
                )
        people = fill(context, asked.people)
        yield from printed(asked, {"people": len(people), "file": asked.db}, [f"{len(people)} demo people in {asked.db}"])


def bring_in(asked: Namespace) -> Lines:
    """Import a file by the module that knows its kind, or list the profiles for lists."""
    if asked.what == "profiles":
        yield from _import_profiles(asked)
        return
    if asked.file is None:
        raise RuleBroken(_("The command does not say which file to bring in."), _("Write its name last."))
    if not asked.file.is_file():
        raise Unavailable(_("There is no file {file}."), _("Check its name."), file=str(asked.file))
    with opened(asked, writes=not asked.dry_run, dry=asked.dry_run) as ground:
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
    yield from printed(asked, plain, [f"{asked.file.name}: {words}{tail}"])


def _import_profiles(asked: Namespace) -> Lines:
    from desktop.people.imports.mapping.profiles import profiles_for
    from desktop.people.imports.mapping.ready import ready_profiles

    with opened(asked, writes=False, dry=True) as ground:
        with ground.context.database.read() as session:
            kept = profiles_for(session, ground.context.actor.id)
        say = ground.context.texts.say
        plain = [{"name": each.name, "kind": "shared" if each.shared else "own", "title": each.name} for each in kept]
        plain += [{"name": key, "kind": "ready", "title": say(ready.title)} for key, ready in ready_profiles().items()]
    width = max(len(each["name"]) for each in plain)
    yield from printed(asked, plain, [f"{each['name']:<{width}}  {each['kind']:<6}  {each['title']}" for each in plain])


def take_out(asked: Namespace) -> Lines:
    """Export a list, which is written down with the purpose."""
    with opened(asked, writes=False) as ground:
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
    yield from printed(asked, plain, [f"{plain['file']}: {plain['people']} {asked.what}"])


def find(asked: Namespace) -> Lines:
    """People by parts of names, addresses and numbers."""
    with opened(asked, writes=False) as ground, ground.context.database.read() as session:
        hits = search(session, asked.text, asked.limit, identifiers=ground.context.may("people.identifiers"))
    plain = [{"kind": hit.kind, "id": str(hit.id), "name": hit.title, "detail": hit.detail} for hit in hits]
    yield from printed(asked, plain, [f"{hit.id}  {hit.title}  {hit.detail}".rstrip() for hit in hits])

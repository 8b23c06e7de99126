"""Mappings are kept under a name, for one user or the office, and known again by the headings of the next list."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, history, take_back
from desktop.assembly import Ground
from desktop.core.history_words import say_change
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from desktop.people.imports.mapping.profiles import StoredProfile
from desktop.people.imports.mapping.ready import ready_profiles
from desktop.people.imports.mapping.recognising import looks_like, profile_called

OTHER = UUID("01a20000-0000-7000-8000-000000000009")
ADMITTED = Mapping(
    (
        ColumnChoice("Namn", "full_name", written="family_first"),
        ColumnChoice("Mejl", "email", label="private"),
        ColumnChoice("Kod", "registry_id", issuer="admission"),
        ColumnChoice("Kön"),
    ),
    {"term": "HT2027"},
    ("registry_id", "email_name"),
    "person",
    {"email": "fill", "address": "never"},
    35,
)
HEADER = ("Namn", "Mejl", "Kod", "Kön")


def keep(
    database: Database, actor: Actor, name: str = "Antagna HT26", mapping: Mapping = ADMITTED, *, shared: bool = True
) -> UUID:
    with database.write(actor, "keep_import_profile") as session:
        return profiles.keep_profile(session, name, mapping, user_id=actor.id, shared=shared)


def kept(database: Database, user_id: UUID) -> list[StoredProfile]:
    with database.read() as session:
        return profiles.profiles_for(session, user_id)


def test_a_mapping_comes_back_as_it_was_kept(database: Database, actor: Actor) -> None:
    made = keep(database, actor)
    assert kept(database, OTHER) == [StoredProfile(made, 1, "Antagna HT26", True, ADMITTED)]


def test_one_s_own_profiles_are_for_oneself(database: Database, actor: Actor) -> None:
    keep(database, actor, "Ö mina", shared=False)
    keep(database, actor, "Alumner")
    assert [(profile.name, profile.shared) for profile in kept(database, actor.id)] == [("Alumner", True), ("Ö mina", False)]
    assert [profile.name for profile in kept(database, OTHER)] == ["Alumner"]


def test_a_profile_is_changed_renamed_shared_and_removed_in_words(ground: Ground, actor: Actor) -> None:
    database = ground.context.database
    made = keep(database, actor, shared=False)
    with database.write(actor, "change_import_profile") as session:
        profiles.change_profile(session, made, 1, replace(ADMITTED, source="guess"))
    with database.write(actor, "rename_import_profile") as session:
        profiles.rename_profile(session, made, 2, " Antagna  VT27 ", user_id=actor.id, shared=True)
    (found,) = kept(database, OTHER)
    assert (found.name, found.mapping.source, found.version) == ("Antagna VT27", "guess", 3)
    with database.write(actor, "remove_import_profile") as session:
        profiles.remove_profile(session, made, 3, now=ground.context.clock.now())
        removing = session.info["change_set"]
    assert kept(database, actor.id) == []
    with database.read() as session:
        said = [say_change(line, ground.registry.verbs(), ground.context.texts) for line in history(session, limit=4)]
    assert said == [
        "Removed the import profile “Antagna VT27”",
        "Renamed or shared the import profile “Antagna VT27”",
        "Changed the import profile “Antagna HT26”",
        "Kept the import profile “Antagna HT26”",
    ]
    with database.write(actor, TAKE_BACK) as session:
        assert not take_back(session, removing).kept
    assert [profile.name for profile in kept(database, OTHER)] == ["Antagna VT27"]


def test_two_profiles_have_two_names(database: Database, actor: Actor) -> None:
    made = keep(database, actor)
    for name in ("ANTAGNA ht26", "  ", "x" * 101):
        with pytest.raises(RuleBroken), database.write(actor, "keep_import_profile") as session:
            profiles.keep_profile(session, name, ADMITTED, user_id=actor.id, shared=False)
    with database.write(actor, "rename_import_profile") as session:
        profiles.rename_profile(session, made, 1, "Antagna ht26", user_id=actor.id, shared=True)
    with pytest.raises(Conflict), database.write(actor, "change_import_profile") as session:
        profiles.change_profile(session, made, 1, ADMITTED)


def test_what_a_newer_program_stored_is_read_as_far_as_it_is_known() -> None:
    content = profiles.content_of(ADMITTED) | {
        "match_keys": ["iris_scan", "email_name"],
        "rules": {"email": "ask"},
        "colour": "red",
    }
    content["columns"] = [*content["columns"], {"heading": "Ny", "field": "email", "shape": "round"}]
    found = profiles.mapping_of(content)
    assert (found.match_keys, found.rules, found.columns[-1]) == (("email_name",), {}, ColumnChoice("Ny", "email"))


def profile(name: str, mapping: Mapping = ADMITTED) -> StoredProfile:
    return StoredProfile(OTHER, 1, name, True, mapping)


def test_a_file_is_known_again_by_its_headings() -> None:
    first, second = (
        profile("Antagna HT26"),
        profile("Annat", Mapping((ColumnChoice("Namn", "full_name"), ColumnChoice("Ort", "city")))),
    )
    assert looks_like(HEADER, [second, first]) is first
    assert looks_like((*HEADER[:3], "KÖN", "Anteckning"), [second, first]) is first  # one more
    assert looks_like(("Namn", "Mejl", "Kön"), [first]) is None  # one it uses is missing
    assert looks_like(("Namn", "Ort", "Skonummer", "Hatt"), [first, second]) is None  # too little in common


def test_what_was_kept_comes_before_what_came_with_the_program() -> None:
    header = ("Anmälningskod", "Namn", "Urval", "Prioritet")
    assert looks_like(header, []) is ready_profiles()["admission"]
    own = profile("Våra", Mapping(tuple(ColumnChoice(heading, "fact") for heading in header)))
    assert looks_like(header, [own]) is own


def test_a_profile_is_called_by_name_or_key(database: Database, actor: Actor) -> None:
    keep(database, actor)
    with database.read() as session:
        assert profile_called(session, "antagna ht26", actor.id) == ADMITTED
        assert profile_called(session, "mentors", actor.id) is ready_profiles()["mentors"]
        with pytest.raises(RuleBroken, match="no import profile called Nej. There are: “Antagna HT26”, study_register"):
            profile_called(session, "Nej", actor.id)

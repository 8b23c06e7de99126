"""Whoever is protected has left every open table and column, with rows that were removed long before; and comes back whole."""

from __future__ import annotations

import pytest
from sqlalchemy import text

import db.models
from db.actor import Actor
from db.base import new_id
from db.database import Database, utc_now
from db.models.person import Person
from db.protected.people import ProtectionForm, end_protection, protect
from desktop.core.registry import Registry

from .conftest import own_tables
from .planting import Garden, Planted, words_in
from .test_erasing import own, rows_of

FORM = ProtectionForm("secrecy", "Decision 17/2026", forwarding="Box 17")
ALONE = {"protected.kept", "protected_kept"}
PASSING = {"draft", "presence", "call_claim", "suspected_pair"}  # what is made anew, or was only ever of the moment
LOG = "look"  # names an id, and is never changed


@pytest.fixture
def two(database: Database, actor: Actor, registry: Registry) -> tuple[Planted, Planted]:
    """Two people with words in every column of every table, in rows that are there, that were changed, and that were removed."""
    assert db.models is not None
    for module in registry.modules:
        own_tables(module.package)
    beside = {table for manifest in registry.manifests for table in manifest.impersonal.split()}
    garden = Garden(database, actor, {fate.erasing.table for fate in registry.fates()}, beside)
    third = new_id()
    with database.write(actor, "create_person") as session:
        session.add(Person(id=third, family="Tredje", name_key=b"t"))
    return garden.plant("a", third), garden.plant("b", third)


def test_no_open_table_holds_anything_of_them_and_all_of_it_comes_back(
    database: Database, actor: Actor, two: tuple[Planted, Planted]
) -> None:
    first, second = two
    before = words_in(database)
    assert {word[7] for word in own(before, first)["row_image"]} == {"a", "c"}, "as they were, and as what was removed was"
    protect(database, actor, first.person, FORM, now=utc_now())
    hidden = rows_of(words_in(database))
    assert {table for table in own(hidden, first) if table not in ALONE} <= {LOG}
    assert rows_of(own(hidden, second)) == rows_of(own(before, second))
    end_protection(database, actor, first.person, "Withdrawn", now=utc_now())
    after = rows_of(own(words_in(database), first))
    expected = {table: words for table, words in rows_of(own(before, first)).items() if table not in PASSING}
    assert after == expected


def test_no_key_of_theirs_is_left_in_the_history(database: Database, actor: Actor, two: tuple[Planted, Planted]) -> None:
    """Nor does an image without words tell that there was somebody."""
    first, _second = two
    keys = {first.person, first.handle, *first.rows.values()}
    protect(database, actor, first.person, FORM, now=utc_now())
    with database.read() as session:
        images = session.execute(text("SELECT before FROM row_image")).scalars().all()
    said = " ".join(images).lower().replace("-", "")
    assert [key for key in keys if key.hex in said] == []

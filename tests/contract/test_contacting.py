"""Nothing of ours reaches a person but through the contact rules: lines of the timeline, dialling and letters have one way out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from .places import place, sources, tree

RECORDING = "desktop/core/contacting/recording.py"
HANDING = "desktop/core/contacting/handing.py"
DECIDING = "desktop/core/contacting/allowed.py"
INVENTED = "desktop/people/demo_data.py"  # contacts nobody ever had
# What may be given the table as a whole, to read it; anything else could write to it.
READERS = frozenset({"select", "join", "outerjoin", "aliased", "Over"})  # `Over` says which rows a rule of retention finds
WRITERS = frozenset({"insert", "update", "delete"})  # what a table does by itself
SPOKEN = re.compile(r"\b(insert\s+into|update)\s+(core\.)?\W?interaction\b", re.IGNORECASE)


def slips(parsed: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every place where a line of the timeline may be written, an address is handed over, or a clearance is made up."""
    named = {"Interaction": "Interaction", "Clearance": "Clearance"}
    parents: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(parsed):
        parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
        if isinstance(node, ast.ImportFrom):
            named |= {
                alias.asname or alias.name: alias.name for alias in node.names if alias.name in ("Interaction", "Clearance")
            }
    for node in ast.walk(parsed):
        name = _last(node)
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and SPOKEN.search(node.value)) or (
            named.get(name) == "Interaction" and not _only_read(node, parents)
        ):
            yield node, "writes"
        elif named.get(name) == "Clearance" and isinstance(parents[node], ast.Call):
            yield node, "clears"
        elif name == "hand_off" and isinstance(getattr(node, "ctx", None), ast.Load) and not _passed_on(parents[node]):
            yield node, "hands over"


def _only_read(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the table is asked for a column, or handed to something that reads."""
    above = parents[node]
    while isinstance(above, ast.Attribute) and above.attr == "__table__":
        node, above = above, parents[above]
    if isinstance(above, ast.Call):
        return node is not above.func and (
            _reads(above) or (isinstance(parents[above], ast.Starred) and _reads(parents[parents[above]]))
        )
    return isinstance(above, ast.Attribute) and above.attr not in WRITERS


def _passed_on(above: ast.AST) -> bool:
    """Whether it is given under its own name to what is being made, as a desk gives it to the context of its pages."""
    return isinstance(above, ast.keyword) and above.arg == "hand_off"


def _reads(call: ast.AST) -> bool:
    return isinstance(call, ast.Call) and _last(call.func) in READERS


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def found(what: str) -> set[str]:
    """The files of the program in which this happens."""
    return {
        place(path, node).rpartition(":")[0]
        for path in sources("desktop", "examples", "installer")
        for node, happened in slips(tree(path))
        if happened == what
    }


def test_lines_of_the_timeline_are_written_in_one_place() -> None:
    assert found("writes") == {RECORDING, INVENTED}


def test_numbers_and_addresses_are_handed_over_in_one_place() -> None:
    assert found("hands over") == {HANDING}


def test_leave_to_contact_somebody_is_given_in_one_place() -> None:
    assert found("clears") == {DECIDING}


@pytest.mark.parametrize(
    ("written", "happens"),
    [
        ("from db.models.interaction import Interaction\nsession.add(Interaction(direction='out'))", "writes"),
        ("from db.models.interaction import Interaction as Line\nsession.add(Line(direction=d))", "writes"),
        ("from db.models import interaction\nsession.add(interaction.Interaction(person_id=p))", "writes"),
        ("session.execute(insert(Interaction).values(x=1))", "writes"),
        ("session.execute(update(Interaction.__table__))", "writes"),
        ("session.execute(Interaction.__table__.insert(), rows)", "writes"),
        ("session.execute(interaction.Interaction.__table__.delete())", "writes"),
        ("session.get_one(Interaction, id).direction = 'out'", "writes"),
        ("table = Interaction.__table__", "writes"),
        ("kinds = {kind.__tablename__: kind for kind in (Interaction, Role)}", "writes"),
        ("insert_rows(session, Interaction, names, rows)", "writes"),
        ("tables = ((Interaction, rows),)", "writes"),
        ("connection.exec_driver_sql('INSERT INTO interaction (id) VALUES (?)')", "writes"),
        ("connection.exec_driver_sql('update core.interaction set direction = 1')", "writes"),
        ("context.hand_off('tel:+46701740605')", "hands over"),
        ("clicked.connect(lambda: self._context.hand_off(url))", "hands over"),
        ("opening = self._context.hand_off", "hands over"),
        ("clicked.connect(partial(context.hand_off, url))", "hands over"),
        ("Clearance('post', everybody)", "clears"),
    ],
)
def test_a_module_that_goes_another_way_is_seen(written: str, happens: str) -> None:
    assert [what for _node, what in slips(ast.parse(written))] == [happens]


def test_reading_the_timeline_is_nobody_s_business_here() -> None:
    read = """
lines = Interaction.__table__.c
session.scalars(select(Interaction).where(Interaction.direction == 'out'))
session.execute(select(*_columns(Interaction, TimelineEntry)))
Rows(among=Call.__table__.join(Interaction.__table__, Interaction.id == Call.interaction_id))
"""
    assert list(slips(ast.parse(read))) == []


def test_a_file_that_was_made_is_opened_without_handing_over_an_address() -> None:
    assert list(slips(ast.parse("context.documents.open(path)\nContext(hand_off=self.documents.hand_off)"))) == []

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
# Go through several tables alike, to see what was changed in them; or join the table to read it.
LOOKING = {"desktop/people/imports/reading.py", "desktop/shell/history_lines.py", "desktop/modules/phones/segment_fields.py"}
OPENING = "desktop/people/exports/page.py"  # opens the file that was made
# What may be given the table as a whole, to read it; anything else could write to it.
READERS = frozenset({"select", "select_from", "join", "outerjoin", "exists", "aliased", "get", "get_one", "_columns"})
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
        elif name == "hand_off" and isinstance(parents[node], ast.Call):
            yield node, "hands over"


def _only_read(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the table is asked for a column, or handed to something that reads."""
    above = parents[node]
    while isinstance(above, ast.Attribute) and above.attr == "__table__":
        node, above = above, parents[above]
    if isinstance(above, ast.Call):
        return node is not above.func and _last(above.func) in READERS
    return isinstance(above, ast.Attribute)


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
    assert found("writes") == {RECORDING, INVENTED} | LOOKING


def test_numbers_and_addresses_are_handed_over_in_one_place() -> None:
    assert found("hands over") == {HANDING, OPENING}


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
        ("insert_rows(session, Interaction, names, rows)", "writes"),
        ("tables = ((Interaction, rows),)", "writes"),
        ("connection.exec_driver_sql('INSERT INTO interaction (id) VALUES (?)')", "writes"),
        ("connection.exec_driver_sql('update core.interaction set direction = 1')", "writes"),
        ("context.hand_off('tel:+46701740605')", "hands over"),
        ("Clearance('post', everybody)", "clears"),
    ],
)
def test_a_module_that_goes_another_way_is_seen(written: str, happens: str) -> None:
    assert [what for _node, what in slips(ast.parse(written))] == [happens]


def test_reading_the_timeline_is_nobody_s_business_here() -> None:
    read = "lines = Interaction.__table__.c\nsession.scalars(select(Interaction).where(Interaction.direction == 'out'))"
    assert list(slips(ast.parse(read))) == []

"""What happens to saved views and the log of exports when two windows change them."""

from __future__ import annotations

from datetime import UTC

from db.models.saved_view import SavedView
from desktop.core.clock import FixedClock
from desktop.people.exports.service import Reason, write_down
from desktop.people.listing import PeopleFilter
from desktop.people.views import service
from desktop.people.views.service import Kept
from desktop.people.views.view import View
from tests.faults.clashes import ME, NOW, Clash, Office, Step, adding, case

CLOCK = FixedClock(NOW, UTC)


def _saved(name: str) -> Step:
    return lambda s: service.save(s, View(), name=name, reach="office", actor=ME, clock=CLOCK)


def _kept(office: Office) -> Kept:
    id = office.do(_saved("Alumni"))
    return Kept(id, office.version(SavedView, id), "Alumni", "office", True, View())


def _changes(kept: Kept, text: str) -> Step:
    view = View(PeopleFilter(text=text))
    return lambda s: service.change(s, kept, actor=ME, clock=CLOCK, view=view)


def _exported(purpose: str) -> Step:
    return lambda s: write_down(s, file="a.csv", people=1, columns=("name",), choice="", held=False, reason=Reason(purpose))


@case("change_view")
def _(office: Office) -> Clash:
    kept = _kept(office)
    return Clash(_changes(kept, "mine"), _changes(kept, "theirs"))


@case("remove_view")
def _(office: Office) -> Clash:
    kept = _kept(office)
    return Clash(lambda s: service.remove(s, kept, actor=ME), _changes(kept, "theirs"))


adding("save_view", lambda _office: (_saved("Mine"), _saved("Theirs")))
adding("export_people", lambda _office: (_exported("Invitation"), _exported("Evaluation")))

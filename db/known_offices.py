"""Which office answered at a server's address when it was first opened from here, so that another one is noticed."""

from __future__ import annotations

import json

from db import faults
from db.errors import Unavailable
from db.profiles import Places
from db.sqlite import copying
from db.texts import _


class OtherOffice(Unavailable):
    """Another database answers at an address than the one that was opened there before."""


def refuse_other(places: Places, place: str, office: str, name: str, *, cluster: str = "") -> None:
    """Compare with what answered here before; the first is remembered.

    Args:
        place: Host, port and database, as `db.postgresql.address.place_of` names them.
        office: What answers now; "" when it names none.
        cluster: What all copies of the server that answers bear, and no other; "" where it is hidden.

    Raises:
        OtherOffice: it is another one, names none any more, or was put onto another server.
        Unavailable: the list cannot be read or written.
    """
    known = _read(places)
    office_before, _space, cluster_before = known.get(place, "").partition(" ")
    if place in known and office_before != office:
        raise OtherOffice(
            _("{name} is not the database that was opened at this address before."),
            _(
                "Nothing was changed. Ask its administrator; if it was set up anew, open it once more through “Open on a server…”."
            ),
            name=name,
        )
    if cluster and cluster_before not in ("", cluster):
        raise OtherOffice(
            _("{name} is on another server than before: a copy of the database that was opened at this address."),
            _(
                "Nothing was changed. Ask its administrator; if you are to go on with it, open it once more through “Open on a server…”."
            ),
            name=name,
        )
    now = f"{office} {cluster or cluster_before}".strip()
    if office and known.get(place) != now:
        _write(places, {**known, place: now})


def forget(places: Places, place: str) -> None:
    """Take whatever answers next."""
    known = _read(places)
    if known.pop(place, None) is not None:
        _write(places, known)


def _read(places: Places) -> dict[str, str]:
    file = places.offices
    if not file.exists():
        return {}
    try:
        return {str(place): str(office) for place, office in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise Unavailable(
            _("The list of known servers cannot be read: {file}."), _("Mend or remove that file."), file=str(file)
        ) from error


def _write(places: Places, known: dict[str, str]) -> None:
    with faults.told(places.offices):
        places.offices.parent.mkdir(parents=True, exist_ok=True)
        with copying.replacing(places.offices) as partial:
            partial.write_text(json.dumps(known, ensure_ascii=False, indent=2, sort_keys=True), encoding="utf-8")

"""What `kontinuum print` does: documents of the modules, as files."""

from __future__ import annotations

from argparse import Namespace

from db import faults
from db.errors import RuleBroken
from db.texts import _
from desktop.command_line.opening import Lines, opened, printed
from desktop.core.documents import save


def print_document(asked: Namespace) -> Lines:
    """Make a document that a module offers.

    Raises:
        RuleBroken: no module offers it.
    """
    with opened(asked, writes=False) as ground:
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
    yield from printed(asked, {"file": str(asked.out), "bytes": len(content)}, [str(asked.out)])

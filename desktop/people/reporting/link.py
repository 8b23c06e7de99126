"""The way from a record to the page of its access report."""

from __future__ import annotations

from uuid import UUID

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.reporting.making import RIGHT
from desktop.widgets.buttons import Button, link_button


def report_link(context: ModuleContext, person_id: UUID) -> Button:
    """Opens the page for this person; hidden from whoever may not make reports."""
    button = link_button(context.texts.say(_("Access report…")))
    button.clicked.connect(lambda: context.navigate("people.report", person_id=person_id))
    button.setVisible(context.may(RIGHT))
    return button

"""The saved views as the search box offers them. No Qt in this file."""

from __future__ import annotations

from sqlalchemy.orm import Session

from desktop.core.context import ModuleContext
from desktop.core.going import Going
from desktop.people.views.service import PAGE, views


def view_commands(session: Session, context: ModuleContext) -> list[Going]:
    """Every view this user sees, by name."""
    return [Going(f"view.{kept.id}", kept.name, PAGE, {"view": kept.id}) for kept in views(session, context.actor, context.clock)]

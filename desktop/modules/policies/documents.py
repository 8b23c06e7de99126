"""The documents this module makes for the command line: found by title or short id, made at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.modules.policies import printing

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext


def make_policy(context: ModuleContext, what: str) -> bytes:
    """The policy called `what` as PDF, in its own language: the version in force, else the newest.

    Raises:
        RuleBroken: no policy fits, or several do.
    """
    with context.database.read() as session:
        data = printing.policy_to_print(session, what)
    from desktop.modules.policies.reports import render_policy  # heavy, and wanted only now

    return render_policy(data, context.texts.other(data.language))


def make_consent(context: ModuleContext, what: str) -> bytes:
    """The consent form of the policy called `what`, filled in where exactly one person must sign.

    Raises:
        RuleBroken: no policy fits, or several do.
    """
    with context.database.read() as session:
        data = printing.consent_to_print(session, what, context.clock.today())
    from desktop.modules.policies.reports import render_consent  # heavy, and wanted only now

    return render_consent(data, context.texts.other(data.policy.language))

"""A call under way in plain values: carried to the page that is built in place of this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from desktop.modules.phones.call_view import CallView, Clock
from desktop.modules.phones.calls import Draft


def carried(call: CallView) -> dict[str, Any] | None:
    """Who is called, and everything the caller would lose; None when that is nothing."""
    if call.data is None or not call.written:
        return None
    return {
        "entry": call.data.entry_id,
        "draft": asdict(call.draft(finished=False)),
        "when": call.callback.line.text(),
        "path": call.script.path,
        "clock": asdict(call.clock) if call.clock is not None else None,
    }


def go_on(call: CallView, state: Mapping[str, Any]) -> None:
    """Bring back what `carried` gave, while the same person is shown."""
    call.script.walk(state["path"])
    call.restore(Draft(**state["draft"]))
    call.callback.line.setText(state["when"])
    call.clock = Clock(**state["clock"]) if state["clock"] is not None else None

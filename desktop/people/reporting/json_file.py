"""The report for machines: stable keys, days and moments as ISO 8601 writes them, one object for each module. No Qt in this file."""

from __future__ import annotations

import json
from typing import Any

from desktop.people.reporting.held import AccessReport, HeldModule, TrailStep

FORMAT, VERSION = "kontinuum-access-report", 1


def as_json(report: AccessReport) -> bytes:
    """The whole report as UTF-8."""
    return json.dumps(_plain(report), ensure_ascii=False, indent=1).encode()


def _plain(report: AccessReport) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "number": report.number,
        "person": report.name,
        "language": report.language,
        "made_at": report.made_at.isoformat(),
        "made_by": report.made_by,
        "reason": report.reason,
        "modules": {module.key: _module(module) for module in report.modules},
        "sources": [{"file": one.file, "kind": one.kind, "at": one.at.isoformat()} for one in report.sources],
        "purposes": [
            {
                "code": one.code,
                "name": one.name,
                "kind": one.kind,
                "legal_basis": one.basis,
                "answer": one.state or None,
                "answered_at": one.at.isoformat() if one.at else None,
            }
            for one in report.purposes
        ],
        "looks": [
            {"reason": one.reason, "count": one.count, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in report.looks
        ],
        "history": [_step(step) for step in report.steps],
        "left_out": list(report.left_out),
        **({"handle": report.handle, "send_only_to": list(report.forwarding)} if report.handle else {}),
    }


def _module(module: HeldModule) -> dict[str, Any]:
    return {
        "title": module.title,
        "tables": {
            table.table: {"title": table.title, "rows": [dict(row.values) for row in table.rows]} for table in module.tables
        },
    }


def _step(step: TrailStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "at": step.at.isoformat(),
        "verb": step.verb,
        "text": step.said,
        "by": step.by,
        "reason": step.reason,
        "correction": step.corrects,
        "taken_back": step.taken_back,
        "rows": [
            {
                "table": row.table,
                "done": row.operation,
                "fields": {name: {"before": before, "after": after} for name, (before, after) in row.values.items()},
            }
            for row in step.rows
        ],
    }

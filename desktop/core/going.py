"""A place a module offers in the search box, such as a saved view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Going:
    """Opens `page` with `arguments`. `title` stands after the title of the contribution: "View: Alumni in Turku"."""

    key: str
    title: str
    page: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

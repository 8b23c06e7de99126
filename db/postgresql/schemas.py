"""What the schemas of a database are called: where its tables are, where the log of who looked is, and who owns which."""

from __future__ import annotations

CORE, AUDIT, PROTECTED = "core", "audit", "protected"
OWNED = (CORE, "donors", PROTECTED)  # the owner's; nobody is let into the latter two
OURS = (*OWNED, AUDIT)

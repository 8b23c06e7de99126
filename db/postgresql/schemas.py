"""What the schemas of a database are called: where its tables are, where the log of who looked is, and who owns which."""

from __future__ import annotations

CORE, AUDIT = "core", "audit"
OWNED = (CORE, "donors", "protected")  # the owner's; nobody is let into the latter two until a module asks for it
OURS = (*OWNED, AUDIT)

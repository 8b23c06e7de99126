"""After much was moved, the server counts anew what its tables hold: by that it chooses how to look things up.

Its own housekeeping does so too, but minutes later, and never if it was switched off; until then it takes full tables for empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from db.postgresql.connection import run
from db.postgresql.functions import FIXED, MANY
from db.postgresql.quoting import quoted
from db.postgresql.schemas import CORE

_BESIDE = ("search_entry", "row_image")  # what fills by itself beside the tables a step names

# Called by the function that closes a step that wrote much, with the tables the desk says were moved: a wrong name measures nothing.
_FUNCTION = f"""CREATE OR REPLACE FUNCTION kontinuum_measure(areas_ text) RETURNS void LANGUAGE plpgsql {FIXED} AS $$
    DECLARE
        area text;
        found regclass;
    BEGIN
        FOREACH area IN ARRAY string_to_array(areas_, ' ') || '{{{",".join(_BESIDE)}}}'::text[] LOOP
            found := to_regclass(format('{CORE}.%I', area));
            IF pg_stat_get_xact_tuples_inserted(found) + pg_stat_get_xact_tuples_updated(found)
                + pg_stat_get_xact_tuples_deleted(found) >= {MANY} THEN
                EXECUTE format('ANALYZE (SKIP_LOCKED) {CORE}.%I', area); -- another desk may be at it
            END IF;
        END LOOP;
    END $$"""


def install(connection: Connection) -> None:
    """Make the function, or bring it up to date."""
    run(connection, _FUNCTION)


def measure(connection: Connection, tables: Iterable[str]) -> None:
    """Measure these tables now, for their owner."""
    for name in {*tables, *_BESIDE}:
        connection.exec_driver_sql(f"ANALYZE {quoted(name)}")

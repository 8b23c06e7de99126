"""`python -m bench.years --dsn ADDRESS --lines 47000000`: decades of calls and letters, made on the server by SQL alone.

They come to the people of a register that `python -m bench --engine postgresql --dsn ADDRESS --keep DIR` has kept, ours and
its floor's, spread evenly over twenty years and over everybody, in the order of time. In ours each has its step in the
history, as if they had been saved one by one. Run the bench anew with the same `--keep` to measure among them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import Connection

from bench.site_on_server import OnServer

KINDS = "(ARRAY['call','email','call','letter','call','email','meeting','call','email','call'])[1 + g % 10]"
TEXTS = (
    "(ARRAY['Ringde om antagningen','Bad om intyg','Återkommer på måndag','Ei vastannut','Kysyi opinto-oikeudesta',"
    "'Frågade om boende och språkkurs','Tackade för hjälpen','Vill bli mentor'])[1 + g % 8]"
)
# Line g of n, with its moment and somebody the number decides, the same in both; the ids rise with time as those that desks make.
_LINES = """
  SELECT g, p.*, timestamptz '2006-11-02 12:00+00' + g * (interval '20 years' / {lines}) AS at
  FROM (SELECT g, 1 + (hashint8(g)::bigint + 2147483648) % (SELECT count(*) FROM somebody) AS n FROM generate_series(1::bigint, {lines}) g) line
  JOIN somebody p USING (n)"""
_ID = "(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '{kind}' || '8' || lpad(to_hex(g), 15, '0'))::uuid"
_SOMEBODY = "CREATE TEMP TABLE somebody AS SELECT row_number() OVER (ORDER BY id) AS n, id AS person, {name} AS name FROM {table}"
_OURS = (
    _SOMEBODY.format(name="given || ' ' || family", table="core.person"),
    f"""INSERT INTO core.interaction (person_id, kind, at, direction, outcome, title, text, module, by_name, id, version, made_in, changed_in)
  SELECT person, {KINDS}, at, 'out', '', '', {TEXTS}, 'people', 'Kansliet', {_ID.format(kind="7000")}, 1, step, step
  FROM (SELECT *, {_ID.format(kind="7001")} AS step FROM ({_LINES}) line) line""",
    "ANALYZE core.interaction",  # else the server takes what follows for a few rows
    # The transaction is one that ended long ago for all of them: desks ask only what is newer than they have seen.
    """INSERT INTO core.change_set (number, id, at, actor_id, actor_name, verb, details, login, tx, areas, refs)
  SELECT g + (SELECT max(number) FROM core.change_set), made_in, at, person_id, 'Kansliet', 'add_interaction',
    json_build_object('name', name), 'kontinuum-bench', '3', 'interaction', ARRAY[person_id]
  FROM (SELECT row_number() OVER () AS g, i.made_in, i.at, i.person_id, p.name
    FROM core.interaction i JOIN somebody p ON p.person = i.person_id WHERE i.by_name = 'Kansliet') line""",
    "SELECT setval('core.change_set_number_seq', (SELECT max(number) FROM core.change_set))",
)  # fmt: skip
_FLOOR = (
    _SOMEBODY.format(name="''", table="person"),
    f"""INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name)
  SELECT person, {KINDS}, extract(epoch FROM at)::bigint, 'out', '', '', {TEXTS}, 'people', 'Kansliet' FROM ({_LINES}) line
  ORDER BY person""",
)
# Constraints that others refer to stay; their indexes are filled row by row.
_INDEXES = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
  WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"""
_SIZES = """SELECT c.relname, c.reltuples::bigint, pg_relation_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND c.reltuples > 10000 ORDER BY 3 DESC"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Add the lines to the one kept register, and print how large its tables are then."""
    asked = _parser().parse_args(arguments)
    site = OnServer(Path(), asked.dsn)
    names = [name for name in site.names() if name.startswith("people-") and not name.endswith("-imported")]
    if len(names) != 1:
        print(f"Wanted one kept register at this address, found {len(names)}.", file=sys.stderr)
        return 2
    administrator = site.administrators(names[0])
    _add(administrator, ["core.interaction", "core.change_set"], _OURS, asked.lines)
    _add(site.floor(names[0]), ["interaction"], _FLOOR, asked.lines)
    with psycopg.connect(administrator) as server:
        for table, rows, data, indexes in server.execute(_SIZES).fetchall():
            print(f"{table:<20}{rows:>14,} rows{data / 1e9:>8.2f} GB{indexes / 1e9:>8.2f} GB of indexes")
    return 0


def _add(address: str, tables: list[str], statements: Sequence[str], lines: int) -> None:
    """Run the statements without the tables' triggers and indexes, which are made anew after them."""
    with psycopg.connect(address, autocommit=True) as server:
        for setting in ("session_replication_role = replica", "work_mem = '512MB'", "maintenance_work_mem = '1GB'"):
            server.execute(f"SET {setting}".encode())
        indexes = server.execute(_INDEXES, [tables]).fetchall()
        for name, _definition in indexes:
            server.execute(f"DROP INDEX {name}".encode())
        for statement in (*(each.format(lines=lines) for each in statements), *(made for _name, made in indexes)):
            _told(server, statement)
        for table in tables:
            _told(server, f"VACUUM (ANALYZE) {table}")


def _told(server: Connection, statement: str) -> None:
    start = time.monotonic()
    server.execute(statement.encode())
    print(f"{time.monotonic() - start:7.0f} s  {' '.join(statement.split())[:100]}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.years", description=__doc__)
    parser.add_argument("--dsn", required=True, help="an administrator's address of the server")
    parser.add_argument("--lines", type=int, required=True, help="how many lines of a timeline to make")
    return parser


if __name__ == "__main__":
    sys.exit(main())

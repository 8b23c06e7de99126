"""What rows of a server that go take along, as parts of the functions that let rows go. All gather the ids in `ids`."""

from __future__ import annotations

# Contents of files whose hashes are in `hashes`, of which nobody else has the like.
DROP_CONTENTS = """DELETE FROM file_content f WHERE f.hash = ANY (hashes) AND NOT EXISTS (SELECT FROM attachment a WHERE a.hash = f.hash)
            AND NOT EXISTS (SELECT FROM row_image i WHERE i.table_name = 'attachment' AND position(f.hash IN i.before) > 0);"""
_NO_REFERENCE = ("id", "made_in", "changed_in")


def long_gone(known: str = "ids", more: tuple[str, ...] = ()) -> str:
    """Add rows that are no longer there and hung on one of these: their images say so.

    Args:
        known: The ids that are not looked for again.
        more: Columns beside the bookkeeping whose values are no references.
    """
    keys = ", ".join(f"'{key}'" for key in (*_NO_REFERENCE, *more))
    return f"""-- rows that are long gone, and hung on what goes now
            SELECT array_agg(DISTINCT i.row_id) INTO found FROM row_image i WHERE i.operation = 'd' AND i.table_name <> 'person'
                AND i.row_id <> ALL ({known}) AND EXISTS (SELECT FROM json_each_text(i.before::json) v
                    WHERE v.key NOT IN ({keys}) AND v.value = ANY (ids::text[]));
            ids := ids || coalesce(found, '{{}}');"""


def files(fits: str = "a.id = ANY (ids)") -> str:
    """Put the hashes of files into `hashes` that go with rows that are there, or were. `fits` says which are there."""
    return f"""hashes := ARRAY(SELECT a.hash FROM attachment a WHERE {fits}
            UNION SELECT i.before::json ->> 'hash' FROM row_image i WHERE i.table_name = 'attachment' AND i.row_id = ANY (ids));"""

"""The one MetaData, the key and time types, and the columns every kept row has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

import uuid_utils
from sqlalchemy import (
    BINARY,
    JSON,
    Date,
    DateTime,
    Dialect,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    types,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine
from uuid_utils.compat import uuid7

_COUNTED = 4  # the last bytes of an id of a block, which count
_COUNTS = tuple(number.to_bytes(_COUNTED, "big") for number in range(1000))

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_id() -> UUID:
    """A UUIDv7: made by the client, rising with time, so that indexes grow at their end."""
    return uuid7()


def new_keys() -> Iterator[bytearray]:
    """The same as bare bytes, without end, for bulk inserts: making objects of a million ids would cost as much as storing them.

    Each block of them has its moment and its random part; inside a block they count. A `bytearray` is what SQLite's
    driver binds without asking how.
    """
    return chain.from_iterable(_block(uuid_utils.uuid7().bytes[:-_COUNTED]) for _block_number in count())


def _block(begin: bytes) -> Iterator[bytearray]:
    return map(bytearray, map(begin.__add__, _COUNTS))


class Key(TypeDecorator[UUID]):
    """A UUID: 16 bytes on SQLite, the engine's own type elsewhere."""

    impl = BINARY(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type for this engine."""
        return dialect.type_descriptor(BINARY(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | bytes | None, dialect: Dialect) -> Any:
        """Give SQLite the bytes; other drivers know UUIDs."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return value if isinstance(value, bytes) else value.bytes
        return UUID(bytes=value) if isinstance(value, bytes) else value

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """How a key stands in the text of a statement."""
        return lambda value: f"x'{value.hex}'" if dialect.name == "sqlite" else f"'{value}'"

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Always hand out `UUID`."""
        return UUID(bytes=value) if isinstance(value, bytes) else value


class Moment(TypeDecorator[datetime]):
    """A point in time: stored as UTC, always handed out with its zone. Refuses times without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite stores it without the zone, so that text order is time order."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite's times come back without a zone and are UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


TYPES: dict[Any, Any] = {
    UUID: Key,
    datetime: Moment,
    date: Date,
    str: Text,
    bytes: LargeBinary,
    dict[str, Any]: JSON(none_as_null=True),
    list[Any]: JSON(none_as_null=True),
    bool: types.Boolean,
}


class Base(DeclarativeBase):
    """Registry of the core's own tables. A module makes one of its own over the same MetaData."""

    metadata = metadata
    type_annotation_map = TYPES


class Row:
    """The columns of every row whose changes are kept.

    `version` rises by one with each change and is checked on every path. `made_in` and `changed_in` name the change
    sets that made and last changed the row; the write scope fills them and triggers refuse any other value.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(default=1)
    made_in: Mapped[UUID] = mapped_column(index=True)
    changed_in: Mapped[UUID]

    __mapper_args__ = {"version_id_col": version}

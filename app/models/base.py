"""Column types and names that every table shares, the same on SQLite, MariaDB and MySQL."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Computed, Dialect, Enum, Index, String, Table
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString as AutoString  # noqa: PLC0414  migrations name it
from sqlmodel.sql.sqltypes import UTCDateTime

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(UTCDateTime):
    """Aware UTC in and out, to the microsecond on every engine (MySQL's DATETIME drops the fraction)."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return super().load_dialect_impl(dialect)

    def __repr__(self) -> str:  # Alembic writes this into the migrations
        return "UtcDateTime()"


# Other collations take é for e: two people's addresses would be one.
EXACT_EMAIL = String(254).with_variant(mysql.VARCHAR(254, collation="utf8mb4_bin"), "mysql", "mariadb")


def enum_type(kind: type[StrEnum], name: str = "") -> Any:
    """Stores the value (not Python's name), as plain text with a CHECK that both engines enforce."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def unique_while(table: Table, name: str, column: str, condition: str, *beside: str) -> None:
    """The database refuses a second row with the same `column` (and `beside`) while `condition` holds.

    A generated column is NULL as soon as the condition ends, and NULLs never collide, on any engine.
    """
    kept = table.c[column]
    table.append_column(Column(name, kept.type, Computed(f"CASE WHEN {condition} THEN {column} END", persisted=True)))
    Index(f"uq_{table.name}_{name}", *(table.c[part] for part in (*beside, name)), unique=True)

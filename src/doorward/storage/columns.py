"""What the tables are made of: one catalogue of them, and the columns that many have."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, text

from doorward.storage.encoding import Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")


def id_column() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def text_column(name: str, *, empty: bool = False) -> Column[str]:
    """A text that is always there; an insert may leave it out where it may be empty."""
    return Column(name, Words, nullable=False, server_default=text("''") if empty else None)


def partly(name: str, *columns: Column[Any], where: Any, unique: bool = False) -> Index:
    """An index over the rows that fulfil a condition."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)

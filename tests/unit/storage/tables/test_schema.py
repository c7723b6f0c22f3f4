"""The tables as a whole."""

from __future__ import annotations

from storage.tables.schema import metadata


def test_every_constraint_has_a_name_that_migrations_can_use() -> None:
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name

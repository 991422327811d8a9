"""Every row below a cycle carries its owner, in a foreign key: no row can point into another teacher's class.

On SQLite nothing is rebuilt. A column is added; constraints, which leave no trace in the stored rows, are
written into the schema as https://www.sqlite.org/lang_altertable.html (section 7) describes, so that triggers,
indexes and the data itself stay where they are. What was written is checked against the rows before the commit.

Revision ID: 20261127_owners
Revises: 20261127_team_shares
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import rules

revision = "20261127_owners"
down_revision = "20261127_team_shares"
branch_labels = None
depends_on = None

# Child table: the table that knows the owner, and the child's column that points there.
NEW_OWNERS = {
    "plan_predictions": ("cycles", "cycle_id"),
    "cycle_shares": ("cycles", "cycle_id"),
    "team_shares": ("cycles", "cycle_id"),
    "comments": ("cycles", "cycle_id"),
    "own_ratings": ("administrations", "administration_id"),
    "predictions": ("administrations", "administration_id"),
    "snapshots": ("administrations", "administration_id"),
}
# Single foreign keys that the ones with the owner take the place of.
REPLACED = {
    "plan_predictions": ("cycle_id", "cycles"),
    "cycle_shares": ("cycle_id", "cycles"),
    "team_shares": ("cycle_id", "cycles"),
    "comments": ("cycle_id", "cycles"),
    "snapshots": ("administration_id", "administrations"),
    "administrations": ("survey_id", "surveys"),
    "cycles": ("support_code_id", "focal_codes"),
}
CARRYING = {
    **{table: ((column, "owner_id"), parent) for table, (parent, column) in NEW_OWNERS.items()},
    "administrations": (("survey_id", "owner_id"), "surveys"),
    "cycles": (("support_code_id", "classroom_id"), "focal_codes"),
}
PARENTS = ("cycles", "administrations", "surveys")


def upgrade() -> None:
    connection = op.get_bind()
    # A locked rating or a frozen prediction gets an owner now, which its trigger would refuse.
    rules.remove(connection)
    for parent in PARENTS:
        op.create_index(f"uq_{parent}_id_owner_id", parent, ["id", "owner_id"], unique=True)
    for table, (parent, column) in NEW_OWNERS.items():
        op.add_column(table, sa.Column("owner_id", sa.Uuid(), nullable=True))
        child, above = (
            sa.table(name, *map(sa.column, names))
            for name, names in ((table, ("owner_id", column)), (parent, ("id", "owner_id")))
        )
        owner = sa.select(above.c.owner_id).where(above.c.id == child.c[column]).scalar_subquery()
        op.execute(child.update().values(owner_id=owner))
    if connection.dialect.name == "sqlite":
        for table in CARRYING:
            _edit(connection, table, replaced=_single(table), added=_carrying(table), required=True)
        _end_edit(connection)
    else:
        for table, ((*columns,), parent) in CARRYING.items():
            if table in REPLACED:
                op.drop_constraint(f"fk_{table}_{REPLACED[table][0]}", table, type_="foreignkey")
            if table in NEW_OWNERS:
                op.alter_column(table, "owner_id", nullable=False)
            op.create_foreign_key(f"fk_{table}_{'_'.join(columns)}", table, parent, columns, ["id", columns[1]])
    rules.install(connection)


def downgrade() -> None:
    connection = op.get_bind()
    rules.remove(connection)
    if connection.dialect.name == "sqlite":
        for table in CARRYING:
            _edit(connection, table, replaced=_carrying(table), added=_single(table), required=False)
        _end_edit(connection)
    else:
        for table, ((*columns,), _parent) in CARRYING.items():
            op.drop_constraint(f"fk_{table}_{'_'.join(columns)}", table, type_="foreignkey")
            if table in REPLACED:
                column, parent = REPLACED[table]
                op.create_foreign_key(f"fk_{table}_{column}", table, parent, [column], ["id"])
    for table in NEW_OWNERS:
        op.drop_column(table, "owner_id")
    for parent in PARENTS:
        op.drop_index(f"uq_{parent}_id_owner_id", parent)
    rules.install(connection)


def _single(table: str) -> str:
    if table not in REPLACED:
        return ""
    column, parent = REPLACED[table]
    return f"CONSTRAINT fk_{table}_{column} FOREIGN KEY({column}) REFERENCES {parent} (id)"


def _carrying(table: str) -> str:
    (first, second), parent = CARRYING[table]
    return (
        f"CONSTRAINT fk_{table}_{first}_{second} FOREIGN KEY({first}, {second})"
        f" REFERENCES {parent} (id, {second})"
    )


def _edit(connection: sa.Connection, table: str, *, replaced: str, added: str, required: bool) -> None:
    """Write other foreign keys, and NOT NULL or not, into a table's definition."""
    written = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).scalar_one()
    edited = _with_constraints(written, replaced, added)
    if table in NEW_OWNERS:
        loose, strict = "owner_id CHAR(32)", "owner_id CHAR(32) NOT NULL"
        edited = edited.replace(loose, strict) if required else edited.replace(strict, loose)
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (edited, table)
    )


def _with_constraints(written: str, replaced: str, added: str) -> str:
    if replaced:
        if replaced not in written:
            raise RuntimeError(f"The schema of this database is not what it should be: {written}")
        if added:
            return written.replace(replaced, added, 1)
        return written.replace(f", \n\t{replaced}", "", 1)
    body, end = written.rstrip().rsplit(")", 1)
    return f"{body.rstrip()}, \n\t{added}\n){end}"


def _end_edit(connection: sa.Connection) -> None:
    """Have SQLite read its schema anew, and hold every row against it."""
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    strays = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if found != ["ok"] or strays:
        raise RuntimeError(f"Rows do not fit the new schema: {found[:5]} {strays[:5]}")

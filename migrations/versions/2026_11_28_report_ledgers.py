"""The ledger of item reports gets a table of its own, which nobody but the job reads.

Revision ID: 20261128_report_ledgers
Revises: 20261127_releases
"""

from __future__ import annotations

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "20261128_report_ledgers"
down_revision = "20261127_releases"
branch_labels = None
depends_on = None

PARTS = ("contributors", "entries")
RUNS = sa.table(
    "item_report_runs", sa.column("number", sa.Integer), sa.column("ledger", sa.Text(length=None))
)
LEDGERS = sa.table(
    "item_report_ledgers",
    sa.column("number", sa.Integer),
    *(sa.column(part, sa.LargeBinary) for part in PARTS),
)


def upgrade() -> None:
    op.create_table(
        "item_report_ledgers",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("contributors", sa.LargeBinary(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["item_report_runs.number"], name=op.f("fk_item_report_ledgers_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_item_report_ledgers")),
    )
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(RUNS.c.number, RUNS.c.ledger)).all():
        whole = json.loads(text)
        packed = {part: zlib.compress(_written(whole[part]).encode(), level=6) for part in PARTS}
        connection.execute(LEDGERS.insert().values(number=number, **packed))
    op.drop_column("item_report_runs", "ledger")


def downgrade() -> None:
    op.add_column("item_report_runs", sa.Column("ledger", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(LEDGERS)).mappings().all():
        whole = {part: json.loads(zlib.decompress(row[part])) for part in PARTS}
        moved = RUNS.update().where(RUNS.c.number == row["number"]).values(ledger=_written(whole))
        connection.execute(moved)
    if connection.dialect.name == "postgresql":
        op.alter_column("item_report_runs", "ledger", server_default=None)
    op.drop_table("item_report_ledgers")


def _written(what: object) -> str:
    return json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

"""Triggers: rules that span two rows or two moments, where no CHECK or foreign key can see them.

Each rule is one sentence and one condition, written for both databases. ``install`` is called by the
migrations; batch operations on SQLite drop a table's triggers silently, so a migration that rebuilds a
table calls ``install`` again, and a test asks for every trigger by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

LOCKED = "EXISTS (SELECT 1 FROM administrations a WHERE a.id = {row}.administration_id AND a.locked_at IS NOT NULL)"
CODE_ERASED = (
    "EXISTS (SELECT 1 FROM focal_codes f WHERE f.id = OLD.focal_code_id AND f.erased_at IS NOT NULL)"
)
CLASS_ERASED = (
    "EXISTS (SELECT 1 FROM administrations a JOIN classrooms c ON c.id = a.classroom_id"
    " WHERE a.id = OLD.administration_id AND c.erased_at IS NOT NULL)"
)
SURVEY_GIVEN = "EXISTS (SELECT 1 FROM administrations a WHERE a.survey_id = OLD.survey_id)"
SURVEY_FROZEN = "EXISTS (SELECT 1 FROM surveys s WHERE s.id = {row}.survey_id AND s.frozen_at IS NOT NULL)"


@dataclass(frozen=True)
class Rule:
    """One refusal: on ``table``, before ``event``, when ``condition`` holds."""

    name: str
    table: str
    event: str
    condition: str
    sentence: str


RULES = (
    Rule(
        "ratings_locked_insert",
        "own_ratings",
        "INSERT",
        LOCKED.format(row="NEW"),
        "a locked rating never changes",
    ),
    Rule(
        "ratings_locked_update",
        "own_ratings",
        "UPDATE",
        LOCKED.format(row="OLD"),
        "a locked rating never changes",
    ),
    Rule(
        "ratings_locked_delete",
        "own_ratings",
        "DELETE",
        f"{LOCKED.format(row='OLD')} AND NOT {CLASS_ERASED}",
        "a locked rating never changes",
    ),
    Rule(
        "predictions_locked_insert",
        "predictions",
        "INSERT",
        LOCKED.format(row="NEW"),
        "a locked prediction never changes",
    ),
    Rule(
        "predictions_locked_update",
        "predictions",
        "UPDATE",
        LOCKED.format(row="OLD"),
        "a locked prediction never changes",
    ),
    Rule(
        "predictions_locked_delete",
        "predictions",
        "DELETE",
        f"{LOCKED.format(row='OLD')} AND NOT ({CODE_ERASED} OR {CLASS_ERASED})",
        "a locked prediction never changes",
    ),
    Rule(
        "administrations_lock_stays",
        "administrations",
        "UPDATE",
        "(OLD.locked_at IS NOT NULL AND (NEW.locked_at IS NULL OR NEW.locked_at <> OLD.locked_at))"
        " OR (OLD.prediction_skipped_at IS NOT NULL AND (NEW.prediction_skipped_at IS NULL OR NEW.prediction_skipped_at <> OLD.prediction_skipped_at))"
        " OR (OLD.locked_at IS NOT NULL AND OLD.prediction_skipped_at IS NULL AND NEW.prediction_skipped_at IS NOT NULL)"
        " OR (OLD.revealed_at IS NOT NULL AND (NEW.revealed_at IS NULL OR NEW.revealed_at <> OLD.revealed_at))",
        "a lock, a skip and a reveal stay as they are",
    ),
    Rule(
        "administrations_reveal_needs_lock",
        "administrations",
        "INSERT",
        "NEW.revealed_at IS NOT NULL",
        "a reveal comes after the lock",
    ),
    Rule(
        "administrations_notice_frozen",
        "administrations",
        "UPDATE",
        "OLD.has_answers AND (NOT NEW.has_answers OR NEW.mode <> OLD.mode OR NEW.may_be_shared <> OLD.may_be_shared"
        " OR NEW.under_research <> OLD.under_research OR CAST(NEW.notice AS TEXT) <> CAST(OLD.notice AS TEXT))",
        "the mode and the notice are fixed at the first answer",
    ),
    Rule(
        "plan_predictions_frozen",
        "plan_predictions",
        "UPDATE",
        "OLD.frozen",
        "a plan prediction is frozen at the first answer",
    ),
    Rule("surveys_frozen", "surveys", "UPDATE", "OLD.frozen_at IS NOT NULL", "a used survey never changes"),
    Rule(
        "survey_items_frozen_insert",
        "survey_items",
        "INSERT",
        SURVEY_FROZEN.format(row="NEW"),
        "a used survey never changes",
    ),
    Rule(
        "survey_items_frozen_update",
        "survey_items",
        "UPDATE",
        SURVEY_FROZEN.format(row="OLD"),
        "a used survey never changes",
    ),
    Rule(
        "survey_items_frozen_delete",
        "survey_items",
        "DELETE",
        # Once a class is erased nobody was given the survey any more, and it goes as well.
        f"{SURVEY_FROZEN.format(row='OLD')} AND {SURVEY_GIVEN}",
        "a used survey never changes",
    ),
    Rule("answers_never_edited", "answers", "UPDATE", "", "an answer is never edited"),
    Rule("responses_never_edited", "responses", "UPDATE", "", "an answer is never edited"),
    Rule(
        "snapshots_frozen",
        "snapshots",
        "UPDATE",
        "NEW.erasures <> OLD.erasures + 1",
        "a snapshot changes only when a code is erased",
    ),
    Rule(
        "snapshots_kept",
        "snapshots",
        "DELETE",
        f"NOT {CLASS_ERASED}",
        "a snapshot stays as long as its class",
    ),
    Rule(
        "item_versions_fixed",
        "item_versions",
        "UPDATE",
        "NEW.item_id <> OLD.item_id OR NEW.band <> OLD.band OR NEW.number <> OLD.number OR NEW.scale_version_id <> OLD.scale_version_id"
        " OR NEW.reverse_keyed <> OLD.reverse_keyed OR NEW.comparability <> OLD.comparability OR NEW.content_hash <> OLD.content_hash",
        "a published item version never changes; raise the version",
    ),
    Rule(
        "wordings_fixed",
        "wordings",
        "UPDATE",
        "NEW.text <> OLD.text OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) OR NEW.item_version_id <> OLD.item_version_id"
        " OR NEW.perspective <> OLD.perspective OR NEW.locale <> OLD.locale OR NEW.revision <> OLD.revision",
        "a published wording never changes; raise the revision",
    ),
    Rule(
        "scale_versions_fixed",
        "scale_versions",
        "UPDATE",
        "",
        "a published scale never changes; raise the version",
    ),
    Rule(
        "scale_options_fixed",
        "scale_options",
        "UPDATE",
        "",
        "a published scale never changes; raise the version",
    ),
    Rule(
        "cycle_shares_fixed",
        "cycle_shares",
        "UPDATE",
        "NEW.cycle_id <> OLD.cycle_id OR NEW.owner_id <> OLD.owner_id OR NEW.person_id <> OLD.person_id"
        " OR NEW.level <> OLD.level OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)",
        "a share is taken back and made anew, never changed",
    ),
    Rule("audit_events_never_edited", "audit_events", "UPDATE", "", "the audit is append-only"),
    Rule("audit_events_never_deleted", "audit_events", "DELETE", "", "the audit is append-only"),
    Rule("release_cells_fixed", "release_cells", "UPDATE", "", "what was released stays as it came out"),
)


def install(connection: Connection) -> None:
    """Make every trigger anew, on whichever database this is.

    A rule whose table or column a later migration makes is left to that migration, which calls this again.
    """
    on_sqlite = connection.dialect.name == "sqlite"
    if not on_sqlite:
        connection.exec_driver_sql(_POSTGRES_FUNCTION)
    for rule in _possible(connection):
        drop(connection, rule)
        connection.exec_driver_sql(_sqlite(rule) if on_sqlite else _postgres(rule))


def remove(connection: Connection) -> None:
    """Take every trigger away."""
    for rule in _possible(connection):
        drop(connection, rule)
    if connection.dialect.name != "sqlite":
        for name in ("refuse", *(rule.name for rule in RULES)):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS focal_{name}()")


def _possible(connection: Connection) -> list[Rule]:
    columns = {
        table: {column["name"] for column in inspect(connection).get_columns(table)}
        for table in inspect(connection).get_table_names()
    }
    return [
        rule
        for rule in RULES
        if rule.table in columns
        and set(re.findall(r"\b(?:NEW|OLD)\.(\w+)", rule.condition)) <= columns[rule.table]
    ]


def drop(connection: Connection, rule: Rule) -> None:
    """Take one trigger away where it stands."""
    on_table = "" if connection.dialect.name == "sqlite" else f" ON {rule.table}"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS focal_{rule.name}{on_table}")


def _sqlite(rule: Rule) -> str:
    when = f" WHEN {rule.condition}" if rule.condition else ""
    return (
        f"CREATE TRIGGER focal_{rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW{when}"
        f" BEGIN SELECT RAISE(ABORT, 'focal rule: {rule.sentence}'); END"
    )


# A trigger's WHEN in PostgreSQL takes no subquery, so the condition is asked inside a function of its own.
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION focal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'focal rule: ' || TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _postgres(rule: Rule) -> str:
    if "SELECT" not in rule.condition:
        when = f" WHEN ({rule.condition})" if rule.condition else ""
        return (
            f"CREATE TRIGGER focal_{rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW{when}"
            f" EXECUTE FUNCTION focal_refuse('{rule.sentence}')"
        )
    give_back = "OLD" if rule.event == "DELETE" else "NEW"
    return (
        f"CREATE OR REPLACE FUNCTION focal_{rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        f"BEGIN\n  IF {rule.condition} THEN\n"
        f"    RAISE EXCEPTION 'focal rule: {rule.sentence}' USING ERRCODE = 'integrity_constraint_violation';\n"
        f"  END IF;\n  RETURN {give_back};\nEND $$;\n"
        f"CREATE TRIGGER focal_{rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW"
        f" EXECUTE FUNCTION focal_{rule.name}()"
    )

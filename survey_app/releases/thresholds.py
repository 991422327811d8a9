"""The thresholds of a network: the product's own, or higher ones that it asked for."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from analytics.release import Policy, PolicyError
from survey_app.errors import BadInput
from survey_app.models.releases import LEAST, Release, ReleaseSetting
from survey_app.releases import queries

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

NUMBERS = tuple(field.name for field in fields(Policy))


def policy_of(db: Session, network_id: uuid.UUID) -> Policy:
    """Return the thresholds with which a network's next release is made."""
    row = queries.setting_of(db, network_id)
    return Policy(**{name: getattr(row, name) for name in NUMBERS}) if row is not None else Policy()


def policy_used(release: Release) -> Policy:
    """Return the thresholds with which a release was made: what is out stays as it came out.

    Releases of before decision 26 say nothing of joining; they joined from their smallest group on.
    """
    return Policy(**{"joined_from": release.policy["smallest_group"], **release.policy})


def strictest(db: Session) -> Policy:
    """Return thresholds that no network of the installation would find too low."""
    each = [policy_of(db, one.id) for one in queries.networks(db)] or [Policy()]
    return Policy(
        **{
            name: (min if name == "largest_share" else max)(getattr(one, name) for one in each)
            for name in NUMBERS
        }
    )


def raise_thresholds(db: Session, network_id: uuid.UUID, wanted: Mapping[str, float]) -> Policy:
    """Ask for more than before in the numbers named; what is out already stays out.

    Raises
    ------
    BadInput
        If a number is unknown, or lower than the product allows.
    """
    unknown = sorted(set(wanted) - set(NUMBERS))
    if unknown:
        raise BadInput(f"There is no number {unknown[0]!r}. There are: {', '.join(NUMBERS)}.")
    try:
        policy = Policy(**{**asdict(policy_of(db, network_id)), **wanted})
    except PolicyError as fault:
        raise BadInput(str(fault)) from fault
    for name, least in LEAST.items():
        if getattr(policy, name) < least:
            raise BadInput(
                f"{name} may not be below {least}: a network may raise what it asks for, never lower it."
            )
    row = queries.setting_of(db, network_id)
    if row is None:
        row = ReleaseSetting(organisation_id=network_id)
        db.add(row)
    for name in NUMBERS:
        setattr(row, name, getattr(policy, name))
    db.flush()
    return policy

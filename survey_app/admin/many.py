"""Invite everybody on a list, exactly once: first looked at, then sent; what is sent twice is made once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.accounts.forms import faults_of
from survey_app.accounts.granting import ROLES_GIVEN_AT, open_places
from survey_app.accounts.invitations import invitation_with
from survey_app.accounts.service import token_hash
from survey_app.admin.forms import InviteForm
from survey_app.admin.queries import addresses_at, invited_at
from survey_app.models.people import ROLES, Invitation, Organisation

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.admin.lists import ListRow, PeopleList
    from survey_app.permissions import Viewer

INVITE, IS_HERE, IS_INVITED, FAULT = "invite", "here", "invited", "fault"


@dataclass(frozen=True)
class Line:
    """One row of a list after it was looked at: whom, as what, where; and what will be done with it."""

    number: int
    name: str
    email: str
    role: str
    place: Organisation | None
    will: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """An invitation that a list made, and its link's secret; the same when the list is sent once more."""

    line: Line
    invitation: Invitation
    token: str
    is_new: bool

    @property
    def is_open(self) -> bool:
        """Tell whether the link still opens something."""
        return self.invitation.accepted_at is None and self.invitation.revoked_at is None


def look_at(db: Session, viewer: Viewer, given: PeopleList) -> list[Line]:
    """Return what would be done with each row. Nothing is written."""
    places = open_places(db, viewer.person_id)
    ids = [one.id for one in places]
    here, invited = addresses_at(db, ids), invited_at(db, ids)
    finder = _Finder(places)
    first_with: dict[tuple[str, uuid.UUID], int] = {}
    lines = []
    for row in given.rows:
        line = _look_at_row(row, finder)
        if line.place is not None and line.will == INVITE:
            key = (line.email, line.place.id)
            if key in first_with:
                words = f"Row {first_with[key]} has this address for this place already. Take one out."
                line = _faulty(line, words)
            first_with.setdefault(key, line.number)
            if line.will == INVITE and key in here:
                line = _with(line, IS_HERE)
            elif line.will == INVITE and key in invited:
                line = _with(line, IS_INVITED)
        lines.append(line)
    return lines


def _look_at_row(row: ListRow, finder: _Finder) -> Line:
    cells = row.cells
    role = (cells.get("role") or "teacher").casefold()
    form = InviteForm(data={"name": cells["name"], "email": cells["email"], "role": role})
    faults = list(row.faults)
    place, fault = finder.find(cells.get("place", ""), cells.get("within", ""))
    if not row.faults:
        form.validate()
        said = faults_of(form)
        faults += [said[key] for key in ("name", "email") if key in said]
        if "role" in said:
            faults.append(f"There is no role “{role[:30]}”. Write one of: {', '.join(ROLES)}.")
        if fault:
            faults.append(fault)
        elif place is not None and "role" not in said and role not in ROLES_GIVEN_AT[place.kind]:
            faults.append(f"The role {role} is given at a region or the network, not at a {place.kind}.")
    return Line(
        number=row.number,
        name=form.name.data or "",
        email=form.email.data or "",
        role=role,
        place=place,
        will=FAULT if faults else INVITE,
        faults=tuple(faults),
    )


class _Finder:
    """Finds the place that a row means among those that the inviter looks after."""

    def __init__(self, places: Sequence[Organisation]) -> None:
        self.places = places
        self.by_id = {one.id: one for one in places}
        self.named: dict[str, list[Organisation]] = defaultdict(list)
        for one in places:
            self.named[_plain(one.name)].append(one)
        schools = [one for one in places if one.kind == "school"]
        self.only = places[0] if len(places) == 1 else schools[0] if len(schools) == 1 else None

    def find(self, name: str, within: str) -> tuple[Organisation | None, str]:
        """Return the place, or what has to be done to find it."""
        if not name:
            if self.only is not None:
                return self.only, ""
            return None, "Write in the column place where they work: you look after several places."
        found = self.named.get(_plain(name), [])
        if within:
            found = [one for one in found if _plain(within) in self._above(one)]
        if len(found) == 1:
            return found[0], ""
        if not found:
            inside = f" in “{within[:60]}”" if within else ""
            return None, (
                f"You look after no place called “{name[:60]}”{inside}. Write it as on the page of places, or"
                " add it there first."
            )
        parents = [self.by_id[one.parent_id].name for one in found if one.parent_id in self.by_id]
        above = " or ".join(sorted(parents))
        return None, (
            f"{len(found)} places are called “{name[:60]}”. Add a column “within” that says which: {above}."
        )

    def _above(self, place: Organisation) -> set[str]:
        names = set()
        above = self.by_id.get(place.parent_id) if place.parent_id else None
        while above is not None:
            names.add(_plain(above.name))
            above = self.by_id.get(above.parent_id) if above.parent_id else None
        return names


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _with(line: Line, will: str, faults: tuple[str, ...] = ()) -> Line:
    return Line(line.number, line.name, line.email, line.role, line.place, will, faults)


def _faulty(line: Line, words: str) -> Line:
    return _with(line, FAULT, (*line.faults, words))


def send(
    db: Session, viewer: Viewer, given: PeopleList, *, batch: uuid.UUID, key: str, now: datetime
) -> tuple[list[Line], list[Sent]]:
    """Invite whoever can be invited; return every row as it stands now, and the links of this list.

    The secret of each link follows from the site's key, the batch (a random number of the page that was
    looked at, kept nowhere) and the address. So the same page sent twice, or once more after its answer was
    lost, makes nothing new and shows the same links.
    """
    places = open_places(db, viewer.person_id)
    # Two lists at once wait here for each other: the second finds what the first has made.
    db.execute(
        select(Organisation.id)
        .where(Organisation.id.in_([one.id for one in places]))
        .order_by(Organisation.id)
        .with_for_update()
    ).all()
    lines = look_at(db, viewer, given)
    right = [line for line in lines if line.will != FAULT and line.place is not None]
    secrets = {line.number: _secret(key, batch, viewer, line) for line in right}
    known = _made_before(db, secrets)
    sent = []
    for line in right:
        token = secrets[line.number]
        invitation = known.get(token)
        if invitation is not None:
            sent.append(Sent(line, invitation, token, is_new=False))
        elif line.will == INVITE:
            invitation = invitation_with(
                viewer,
                token,
                email=line.email,
                name=line.name,
                role=line.role,
                organisation_id=line.place.id,
                now=now,
            )
            db.add(invitation)
            sent.append(Sent(line, invitation, token, is_new=True))
    db.flush()
    return lines, sent


def _secret(key: str, batch: uuid.UUID, viewer: Viewer, line: Line) -> str:
    place = line.place.id.hex if line.place else ""
    parts = ("invitation", batch.hex, viewer.person_id.hex, place, line.email)
    made = hmac.new(key.encode(), "\x1f".join(parts).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _made_before(db: Session, secrets: Mapping[int, str]) -> dict[str, Invitation]:
    hashes = {token_hash(token): token for token in secrets.values()}
    rows = db.scalars(select(Invitation).where(Invitation.token_hash.in_(list(hashes))))
    return {hashes[one.token_hash]: one for one in rows}

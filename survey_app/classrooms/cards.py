"""Cards: made together, known once, revoked by the next printing. Only their hashes are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.classrooms import codes, queries
from survey_app.classrooms.archive import check_is_live
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Card, FocalCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.classrooms.codes import CardKeys
    from survey_app.models.classrooms import Classroom

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class CardWish:
    """A card to be made: for a focal code or, with none, for one of the rest."""

    focal_code: FocalCode | None
    locale: str


@dataclass(frozen=True)
class MadeCard:
    """A card at the one moment when its code is known. ``label`` is none for the rest of the class."""

    card: Card
    token: str
    label: str | None


def make_cards(
    db: Session,
    classroom: Classroom,
    *,
    focal_codes: Iterable[FocalCode],
    others: int,
    locale: str,
    keys: CardKeys,
    now: datetime,
) -> list[MadeCard]:
    """Make cards in one language, and return their codes, which exist at this moment only.

    A focal code has one living card: its earlier one is revoked. Cards for ``others`` are added to the rest.
    """
    if others < 0:
        raise BadInput("That is not a number of cards.", {"others": "Write how many cards to make."})
    wishes = [CardWish(code, locale) for code in focal_codes] + [CardWish(None, locale)] * others
    if not wishes:
        return []
    tokens = _unused_tokens(db, len(wishes), keys)
    return make_wished_cards(db, classroom, wishes, tokens=tokens, keys=keys, now=now)


def make_wished_cards(
    db: Session,
    classroom: Classroom,
    wishes: Sequence[CardWish],
    *,
    tokens: Sequence[str],
    keys: CardKeys,
    now: datetime,
) -> list[MadeCard]:
    """Make one card for each wish, with these tokens. The same wishes and tokens again give the same cards.

    Raises
    ------
    BadInput
        For no card at all, or too many at once.
    NotYet
        If cards with these tokens were made before and have been replaced since.
    """
    check_is_live(classroom)
    if not 1 <= len(wishes) <= MOST_AT_ONCE:
        words = f"That would be {len(wishes)} cards. Make between 1 and {MOST_AT_ONCE} at once."
        raise BadInput(words, {"others": words})
    queries.hold_class(db, classroom.id)
    hashes = [keys.hash(token) for token in tokens]
    cards = queries.cards_with_hashes(db, classroom.id, hashes)
    if not cards:
        _revoke_earlier(db, wishes, now)
        cards = {
            hashed: Card(
                classroom_id=classroom.id,
                focal_code_id=wish.focal_code.id if wish.focal_code else None,
                token_hash=hashed,
                locale=wish.locale,
                made_at=now,
            )
            for wish, hashed in zip(wishes, hashes, strict=True)
        }
        db.add_all(cards.values())
        db.flush()
    elif len(cards) < len(hashes) or any(card.revoked_at is not None for card in cards.values()):
        raise NotYet("These cards were replaced since. Go back to the class and make new ones.")
    return [
        MadeCard(cards[hashed], token, wish.focal_code.label if wish.focal_code else None)
        for wish, token, hashed in zip(wishes, tokens, hashes, strict=True)
    ]


def revoke_card(db: Session, card: Card, *, now: datetime) -> None:
    """Let a card open nothing any more."""
    if card.revoked_at is None:
        card.revoked_at = now
        db.flush()


def revoke_cards_of_rest(db: Session, classroom: Classroom, *, now: datetime) -> int:
    """Revoke every card that belongs to no focal code; return how many there were."""
    check_is_live(classroom)
    old = [card for card in queries.live_cards(db, classroom.id) if card.focal_code_id is None]
    for card in old:
        card.revoked_at = now
    db.flush()
    return len(old)


def _revoke_earlier(db: Session, wishes: Sequence[CardWish], now: datetime) -> None:
    focal = [wish.focal_code.id for wish in wishes if wish.focal_code]
    for card in queries.live_cards_of_codes(db, focal):
        revoke_card(db, card, now=now)


def _unused_tokens(db: Session, count: int, keys: CardKeys) -> list[str]:
    tokens: set[str] = set()
    while len(tokens) < count:
        tokens.add(codes.new_card_token())
        if len(tokens) == count:
            by_hash = {hashed: token for token in tokens for hashed in keys.all_hashes(token)}
            tokens -= {by_hash[taken] for taken in queries.hashes_taken(db, by_hash)}
    return list(tokens)

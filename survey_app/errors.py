"""Refusals of ours: named for what happened, with plain words for the person at the screen."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """Something that may not be done now. ``words`` is shown to people as it stands."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "That is not possible right now"

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


class NotVisible(Refusal):
    """What the viewer may not see does not exist; the attempt is noted."""

    status = 404
    title = "There is nothing here"

    def __init__(self, object_id: object = None) -> None:
        self.object_id = None if object_id is None else str(object_id)
        super().__init__(
            "The page may have moved, or it belongs to somebody else. Your own pages are one step away."
        )


class NotAllowed(Refusal):
    """The viewer is known but may not do this."""

    status = 403
    title = "That is not yours to do"


class BadInput(Refusal):
    """What was sent cannot be stored. ``faults`` maps a field's name to what is wrong with it."""

    status = 422
    title = "Something needs another look"

    def __init__(self, words: str, faults: dict[str, str] | None = None) -> None:
        self.faults = faults or {}
        super().__init__(words)


class NotYet(Refusal):
    """A step comes before this one: results before the lock, a lock before the rating."""

    title = "One step comes first"


class Stale(Refusal):
    """Somebody, or another tab, changed this in the meantime."""

    title = "This changed in another tab"


class Gone(Refusal):
    """It was here, and is over: a closed survey, a used link."""

    status = 410
    title = "This is over"

"""What a child is told when something cannot be: a message of the page words, said in her language."""

from __future__ import annotations

from survey_app.catalogue.library import chromes
from survey_app.errors import Refusal


class Told(Refusal):
    """A refusal whose words stand in the library: ``message`` is their key, ``values`` fill them.

    Its plain ``words`` are the English ones, for an adult's page (keying in paper) and for logs.
    """

    title = "That was not stored"

    def __init__(self, message: str, *, status: int, **values: str | int) -> None:
        self.message = message
        self.values = values
        self.status = status  # each refusal has its own
        super().__init__(chromes()["en"].say(message, **values))


class Late(Told):
    """It came after the close."""

    title = "This survey is closed"

    def __init__(self) -> None:
        super().__init__("closed_while_answering", status=410)


class UsedBefore(Told):
    """The card or code has answered already, from another page."""

    title = "Already answered"

    def __init__(self) -> None:
        super().__init__("card_already_used", status=409)


class ChangedAfterSending(Told):
    """The same page was sent before with other answers; the first ones count."""

    title = "Already answered"

    def __init__(self) -> None:
        super().__init__("already_sent", status=422)

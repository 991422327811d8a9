"""What stands on a printed card: address, code, QR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from markupsafe import Markup

from survey_app.classrooms.codes import show_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measures import Chrome
    from survey_app.classrooms.cards import MadeCard

CARDS_ON_A_PAGE = 8
PAPERS = (("letter", "Letter"), ("a4", "A4"))


@dataclass(frozen=True)
class PrintedCard:
    """One card as it lies on the table. Nothing on it tells whose it is."""

    chrome: Chrome
    code: str
    address: str
    qr: Markup


def print_cards(
    made: Sequence[MadeCard], chromes: dict[str, Chrome], *, home: str
) -> list[list[PrintedCard]]:
    """Return the cards page by page. ``home`` is the address that students reach, without a path."""
    typed_address = f"{home.removeprefix('https://').removeprefix('http://')}/s"
    cards = [
        PrintedCard(
            chrome=chromes[one.card.locale],
            code=show_code(one.token),
            address=typed_address,
            qr=card_qr(f"{home}/s/{one.token}"),
        )
        for one in made
    ]
    return [cards[start : start + CARDS_ON_A_PAGE] for start in range(0, len(cards), CARDS_ON_A_PAGE)]


def card_qr(address: str) -> Markup:
    """Return an address as a QR picture. In capitals it needs fewer squares, so each is larger."""
    code = segno.make(address.upper(), error="m", micro=False)
    svg = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1))  # noqa: S704  (our own address and alphabet)

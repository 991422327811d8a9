"""In which language a child is spoken to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from survey_app.catalogue.library import chromes, library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from measures import Chrome

SOURCE = "en"


def choose_chrome(wished: str | None = None, *, offered: Iterable[str] | None = None) -> Chrome:
    """Return the page words: in the wished language if it is offered, else the browser's, else English.

    Parameters
    ----------
    wished : str, optional
        What the child pressed, or the language of the card.
    offered : iterable of str, optional
        The languages of the sheet; every complete one of the library by default.
    """
    words = chromes()
    locales = [one for one in (library().locales if offered is None else offered) if one in words]
    if wished in locales:
        return words[wished]
    return words[request.accept_languages.best_match(locales) or SOURCE]


def other_languages(chrome: Chrome, *, offered: Iterable[str] | None = None) -> list[Chrome]:
    """Return the languages that the page can be switched to."""
    locales = library().locales if offered is None else offered
    return [chromes()[one] for one in locales if one != chrome.locale and one in chromes()]

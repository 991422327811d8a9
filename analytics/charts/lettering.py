"""How wide words are, and where they wrap, so that no label clips or meets another at any width."""

from __future__ import annotations

# Widths of Liberation Sans in em, which the narrower picture font never exceeds.
_EMS = {
    0.26: "ijl'’‘|",
    0.3: "fI.,:;!/ ",
    0.35: "tr()[]-·",
    0.51: "szckvxyJ",
    0.73: "wCDHNRU&",
    0.79: "GOQ",
    0.84: "mM",
    0.95: "W",
    1.0: "@%—…",
}
_EM_OF = {letter: em for em, letters in _EMS.items() for letter in letters}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper estimate of a text's width in pixels, for the picture font and for its fallback.

    Examples
    --------
    >>> text_width("3 of 5 lower", 15) < text_width("3 of 5 higher", 15)
    True
    """
    ems = sum(_EM_OF.get(letter, 0.67 if letter.isupper() else 0.56) for letter in text)
    return ems * size * (1.05 if bold else 1.0)


def wrapped(text: str, width: float, *, size: float, bold: bool = False) -> list[str]:
    """Return the text in lines no wider than `width` pixels, broken between words; a word too long is cut.

    Parameters
    ----------
    text : str
        What to write.
    width, size : float
        Room in pixels; font size in pixels.
    bold : bool
        Whether the words are set in the heavier weight.

    Examples
    --------
    >>> wrapped("How much did you decide", 100, size=14)
    ['How much did', 'you decide']
    >>> wrapped("WWWWWWWWWW", 60, size=14)
    ['WWWW', 'WWWW', 'WW']
    """
    lines: list[str] = []
    line = ""
    for word in _short_enough(text.split(), width, size, bold):
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    return lines


def _short_enough(words: list[str], width: float, size: float, bold: bool) -> list[str]:
    """Cut words that are wider than a line: an address, or what somebody typed without a space."""
    pieces = []
    for word in words:
        piece = ""
        for letter in word:
            if piece and text_width(piece + letter, size, bold=bold) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
    return pieces

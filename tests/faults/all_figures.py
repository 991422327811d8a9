"""Every figure, in the order of their numbers."""

from tests.faults import kills

FIGURES = tuple(sorted(kills.FIGURES, key=lambda one: (int(one.name[1:].rstrip("abc")), one.name)))

"""Every figure, in the order of their numbers."""

from tests.faults import again, clocks, closing, kills, moving, starts, stopping, storage, traces

GROUPS = (again, clocks, closing, kills, moving, starts, stopping, storage, traces)
FIGURES = tuple(
    sorted(
        (figure for group in GROUPS for figure in group.FIGURES),
        key=lambda one: (int(one.name[1:].rstrip("abc")), one.name),
    )
)

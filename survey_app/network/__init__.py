"""Where the cycles of a region stand, and what was tried: counts and stages, never a result of a class."""

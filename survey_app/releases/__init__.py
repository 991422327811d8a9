"""The weekly release: from frozen results, through the release policy, to the figures that leads read."""

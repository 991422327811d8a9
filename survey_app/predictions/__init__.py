"""The teacher's own rating, her prediction, the lock."""

"""Erasing what is held about children, at once on demand and by itself when its time is over."""

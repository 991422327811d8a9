"""Constructs, measures, ready sets: browse them, and sync the library into the database."""

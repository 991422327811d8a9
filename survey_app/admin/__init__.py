"""Organisations, people, audit."""

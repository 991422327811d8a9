"""Compose, preview, open, projector, close."""

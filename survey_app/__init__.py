"""The web application: asks permission, fetches rows, shapes them, shows."""

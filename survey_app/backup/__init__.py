"""Backups that can be trusted: made while Focal runs, signed, and put back only where nothing is lost."""

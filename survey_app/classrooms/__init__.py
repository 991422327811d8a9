"""Classes, focal codes, cards."""

"""The same survey on paper: print it, key it in after the lock."""

"""What a network is after: the aim, what drives it, and the changes it tries."""

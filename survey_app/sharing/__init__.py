"""What a teacher hands on herself: one cycle, to a named person, at one level, until she takes it back."""

"""How the database came to be what it is, one dated step at a time."""

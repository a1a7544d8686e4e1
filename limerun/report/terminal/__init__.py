"""Shows records on a terminal."""

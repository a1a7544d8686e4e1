"""How it is told: a Record becomes a screen, a page or a file."""

"""Records as pages: one file each, which needs nothing else and asks nobody."""

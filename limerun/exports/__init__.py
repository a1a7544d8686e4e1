"""Real exports: their shape, anonymized copies, and the proof of a copy."""

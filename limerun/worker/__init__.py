"""The measured process: the standard library only."""

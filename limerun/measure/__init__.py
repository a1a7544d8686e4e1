"""What happened, in figures: an Outcome becomes a Run. Pure."""

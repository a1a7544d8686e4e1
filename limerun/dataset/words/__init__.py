"""Vocabularies, number formats and randomness: what values are made of."""

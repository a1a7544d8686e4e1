"""Provides vocabularies, number formats and random numbers for values."""

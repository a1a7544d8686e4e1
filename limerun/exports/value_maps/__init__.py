"""Keyed maps from the values of an export to values that it does not hold."""

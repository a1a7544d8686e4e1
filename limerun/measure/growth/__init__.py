"""Determines how figures grow with the rows, from runs at rising sizes. Pure."""

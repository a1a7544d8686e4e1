"""Measure limerun itself. These are not tests: they print values and targets."""

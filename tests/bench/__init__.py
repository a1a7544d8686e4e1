"""Measure limerun itself. Not tests: figures beside their targets."""

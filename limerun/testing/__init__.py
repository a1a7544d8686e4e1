"""Capacity tests from within pytest."""

"""Capacity tests in pytest."""

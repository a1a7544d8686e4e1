"""Runs capacity tests in pytest."""

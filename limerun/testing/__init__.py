"""Run capacity tests in pytest."""

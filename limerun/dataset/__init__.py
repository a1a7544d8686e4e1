"""Generates a Plan's dataset: rows in a database and in files."""

"""Turns a schema into arrays of values, a block of rows at a time."""

"""Measure the shape of an export, and write it without the export's values."""

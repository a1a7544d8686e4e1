"""Writes Arrow columns as CSV, JSON, Parquet and SQLite, for datasets and exports."""

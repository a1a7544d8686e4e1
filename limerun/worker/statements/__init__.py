"""Counts statements, their rows and transactions. Loaded together with SQLAlchemy."""

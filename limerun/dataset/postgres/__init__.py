"""PostgreSQL: where it is, a scratch database on it, and how rows get there and back."""

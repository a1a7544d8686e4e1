"""Uses PostgreSQL servers: addresses, temporary databases, and copies of rows."""

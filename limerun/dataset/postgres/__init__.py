"""Work on PostgreSQL servers: addresses, scratch databases, and copies of rows."""

"""Count statements, their rows and transactions; loaded once SQLAlchemy is."""

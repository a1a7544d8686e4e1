"""Count statements, their rows and transactions; loaded when SQLAlchemy is loaded."""

"""The platform's core, of which little is public."""

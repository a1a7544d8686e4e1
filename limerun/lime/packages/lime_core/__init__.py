"""The platform's core; little of it is public."""

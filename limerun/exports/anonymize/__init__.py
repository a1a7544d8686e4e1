"""Make a copy of a real export without its values."""

"""From a real export to a copy of it without its values."""

"""A real export: its shape, a copy of it without its values, and the proof."""

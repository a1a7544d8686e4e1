"""The platform's core, little of which is publicly documented."""

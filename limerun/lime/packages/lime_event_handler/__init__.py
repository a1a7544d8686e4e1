"""Events of objects and packages, and their handlers."""

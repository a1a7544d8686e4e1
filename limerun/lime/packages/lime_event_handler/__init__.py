"""Events of objects and packages, and who handles them."""

"""The stand-in for the Lime platform's Python packages, for tasks that use them."""

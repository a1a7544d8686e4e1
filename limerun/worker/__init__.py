"""Code that runs in the measured process. It uses only the standard library."""

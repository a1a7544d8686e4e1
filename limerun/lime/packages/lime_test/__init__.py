"""The platform's test framework: fixtures for pytest, and the older helpers."""

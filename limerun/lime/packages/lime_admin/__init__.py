"""What packages build on to be configured while the platform runs."""

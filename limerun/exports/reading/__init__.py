"""Reads a real export from files or from a server."""

"""Writes arrays into files and databases, in this process or in several."""

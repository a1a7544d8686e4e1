"""Reads real exports, measures their shape, anonymizes them, and checks the copies."""

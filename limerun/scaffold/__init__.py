"""Writes a first config for a folder of code, which is parsed but never run."""

"""Turns an Outcome into the figures of a Run. Pure."""

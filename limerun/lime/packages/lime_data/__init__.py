"""Data that packages keep in the platform's own tables.

Its functions are not public; each is refused by name where it is imported or used.
"""

"""Data of packages in the platform's own tables.

Its functions are undocumented; importing or using one raises an error that names it.
"""

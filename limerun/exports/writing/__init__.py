"""Writes the tables of an export, in their original format or in another one."""

"""Turns a record into a terminal report, a web page or a file."""

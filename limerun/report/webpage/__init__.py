"""Renders records as HTML pages: one self-contained file each."""

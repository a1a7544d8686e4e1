"""Renders records as HTML pages; each is a single file without external parts."""

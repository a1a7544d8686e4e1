"""Turns the plan of a dataset into its schema: tables, sources, kinds and relations."""

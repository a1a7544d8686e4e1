"""Turn the plan of a dataset into its schema: tables, sources, kinds, relations, limits."""

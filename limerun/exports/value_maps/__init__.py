"""Map the values of an export, with a key, to values that the export does not have."""

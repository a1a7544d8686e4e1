"""Map an export's values, with a key, to values that do not occur in the export."""

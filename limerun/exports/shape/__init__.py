"""The shape of an export: measured, checked for values, and written."""

"""Suggests changes to the task's code, as text or as a diff that is safe. Pure."""

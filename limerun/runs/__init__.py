"""Runs a task once, at several sizes, or with instruments, always in a new worker."""

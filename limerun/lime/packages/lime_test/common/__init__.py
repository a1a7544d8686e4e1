"""Shared parts of several kinds of tests."""

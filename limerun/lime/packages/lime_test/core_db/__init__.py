"""The core limetypes."""

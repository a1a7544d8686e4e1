"""The web server, which the stand-in does not have."""

"""The web server; the stand-in has none."""

"""limerun's version, for the build and for records."""

VERSION = "0.1.0"

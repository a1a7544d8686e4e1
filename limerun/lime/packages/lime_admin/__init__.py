"""The runtime configuration of packages."""

"""HTTP endpoints of packages: they can be declared here, and are never served."""

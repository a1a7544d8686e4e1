"""HTTP endpoints of packages; the stand-in accepts them but never serves them."""

"""Turn figures into checks, findings and a verdict. Pure."""

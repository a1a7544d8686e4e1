"""Whether it was good enough: figures become checks, findings and a verdict. Pure."""

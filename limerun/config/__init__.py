"""What the user decided: YAML, environment and options become one Plan."""

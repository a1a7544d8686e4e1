"""Turn records into the files that other tools read."""

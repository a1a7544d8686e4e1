"""From a folder of code to a first config: read, never run; written whole or not."""

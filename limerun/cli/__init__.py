"""The command line: each command parses, calls the pipeline, reports and exits."""

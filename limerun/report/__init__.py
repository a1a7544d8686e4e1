"""Turn a record into a terminal report, a page or a file."""

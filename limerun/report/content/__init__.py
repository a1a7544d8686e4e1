"""The texts and tables of reports, shared by all formats."""

"""Creates the texts and tables of reports, for all formats."""

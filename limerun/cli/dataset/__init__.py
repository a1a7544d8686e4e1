"""limerun dataset: generate data, and anonymize real data."""

"""Write columns as CSV, JSON, Parquet and SQLite: datasets and copies of exports."""

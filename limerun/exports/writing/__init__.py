"""Write the tables of an export again, in the format that they came in or in another."""

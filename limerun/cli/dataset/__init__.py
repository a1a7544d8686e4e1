"""limerun dataset: made-up data, and real data made anonymous."""

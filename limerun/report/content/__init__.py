"""What a report says, once, for every format."""

"""What the user typed: one file a command. No work is done here."""

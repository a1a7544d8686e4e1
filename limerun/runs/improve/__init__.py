"""Apply fixes to a copy of a task, prove that its effect stays, and measure the gain."""

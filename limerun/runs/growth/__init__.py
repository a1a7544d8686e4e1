"""Run the task at rising sizes, for an estimate."""

"""What the task is given: a Plan becomes made-up rows in a database and in files."""

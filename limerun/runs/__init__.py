"""Run a task: once, at several sizes, or under instruments, always in fresh processes."""

"""Records of the task's code: what was read in it, and what was changed."""

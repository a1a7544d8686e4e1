"""The stand-in for the Lime platform, as the task sees it."""

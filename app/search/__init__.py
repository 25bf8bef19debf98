"""The search of the bar at the top: tasks, cases and records in one answer."""

"""The worked case: scenario files, their replay on their own clock, and their expectations."""

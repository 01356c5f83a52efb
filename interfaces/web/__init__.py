"""The pages of the hub and what they are served with."""

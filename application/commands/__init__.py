"""Commands: what people ask the hub to do."""

"""Storage: the recorders, read models and keyed hashes behind the application's ports."""

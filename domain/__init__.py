"""The language of safeguarding: a case, its parts, the people and the instrument, and nothing technical."""

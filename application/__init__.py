"""What the hub can be asked to do and to tell: commands, queries, and the record they stand on."""

"""Forms: read what is posted strictly into a plain dict for a command, and lay it out for the GOV.UK macros."""

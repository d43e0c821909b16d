"""A look at one claim or patient in an emergency, for people whose roles show none."""

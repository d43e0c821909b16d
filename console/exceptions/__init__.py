"""The exceptions that wait for a person: the list, one case with its evidence, and what may be done."""

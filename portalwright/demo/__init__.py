"""The demonstration: an office at work at the practice portals, and every answer held against the payers' own books."""

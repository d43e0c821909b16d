"""Appeals: drafts to approve, what was filed, what is uncertain, and the days that are near."""

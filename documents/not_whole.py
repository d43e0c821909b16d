"""A file that came from a portal or a folder is not whole, so nothing in it counts."""


class NotWhole(Exception):
    """The file is empty, cut short, damaged or of no known kind. The text is for a person and quotes nothing."""


class PasswordNeeded(NotWhole):
    """The file is protected, and what was given does not open it. Fetching it again changes nothing."""

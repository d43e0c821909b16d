"""Who may sign in to the desk, in which roles."""

"""A portal's door: each page that may come while signing in, and what is done about it."""

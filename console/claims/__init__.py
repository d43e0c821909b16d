"""Claims and patients: search, and the time-line of everything that is known of one."""

"""Web pages for the office: people see the night, finish the exceptions and approve the appeals."""

"""The ledger on a PostgreSQL server, for an office that has outgrown one computer."""

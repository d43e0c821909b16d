"""Reports that managers ask for: figures of the ledger as tables, CSV and one page with charts."""

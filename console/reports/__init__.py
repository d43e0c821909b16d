"""Reports that managers ask for: figures of the ledger as tables, CSV, one page with charts, and pages of the desk."""

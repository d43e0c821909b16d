"""What the desk's pages ask of the application (`console`): each module answers one part's `needs.py`."""

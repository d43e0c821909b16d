"""Django's own SQLite backend over SQLCipher: the file and its journal are encrypted as a whole."""

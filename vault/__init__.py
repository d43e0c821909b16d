"""The vault: keys, credentials, one-time codes and sealed files; the only room that knows cryptography."""

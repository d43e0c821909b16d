"""The ledger as a Django application."""

from django.apps import AppConfig


class Ledger(AppConfig):
    """Names the room for Django."""

    name = "ledger"
    label = "ledger"

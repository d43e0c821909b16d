"""Exceptions: the pages."""

from django.http import HttpResponse

from console.request import DeskRequest
from console.templating import render


def show(request: DeskRequest) -> HttpResponse:
    """The first page."""
    return render(request, "exceptions/list.html")

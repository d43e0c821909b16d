"""Signing in and out."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.request import DeskRequest
from console.templating import render


def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    return render(request, "sign_in/sign_in.html")


def sign_out(request: DeskRequest) -> HttpResponse:
    """End the session."""
    request.session.flush()
    return HttpResponseRedirect(reverse("sign-in"))

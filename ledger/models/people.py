"""Practices and accounts: whose claims these are, and who does what."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class Practice(models.Model):
    """A billing practice. An office that bills for itself has exactly one."""

    name = models.CharField(max_length=200)
    tin = models.CharField(max_length=9, unique=True)


class PracticeProvider(models.Model):
    """A national provider identifier that bills for the practice."""

    practice = models.ForeignKey(Practice, models.PROTECT, related_name="providers")
    npi = models.CharField(max_length=10)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["practice", "npi"], name="one_npi_per_practice"),)


class Account(AbstractBaseUser, PermissionsMixin):
    """A person or a robot; every act names one."""

    name = models.CharField(max_length=150, unique=True)
    is_robot = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    practices = models.ManyToManyField(Practice, related_name="accounts")

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["created_at"]

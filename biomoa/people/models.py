from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person. The e-mail address is the name to sign in with."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("E-mail"), unique=True)
    name_ko = models.CharField(_("Name in Korean"), max_length=100, blank=True)
    name_en = models.CharField(_("Name in English"), max_length=100, blank=True)
    language = models.CharField(max_length=2, default="ko")
    is_auditor = models.BooleanField(default=False)
    # The name of a demonstration account ("curator"), entered with one click; empty for real people.
    demonstration = models.SlugField(max_length=32, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def name(self, language: str = "ko") -> str:
        """The name in the reader's language, else the other one, else the address."""
        first, second = (self.name_ko, self.name_en) if language == "ko" else (self.name_en, self.name_ko)
        return first or second or self.email


class Organisation(models.Model):
    """A ministry, data center, institution or group. A submission belongs to one; a curator works for one."""

    KINDS = (
        ("ministry", _("Ministry")),
        ("data-center", _("Data center")),
        ("institution", _("Institution")),
        ("group", _("Research group")),
    )
    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=KINDS)
    name_ko = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    def name(self, language: str = "ko") -> str:
        return (self.name_ko if language == "ko" else self.name_en) or self.name_ko or self.name_en


class Membership(models.Model):
    ROLES = (
        ("depositor", _("Depositor")),
        ("manager", _("Manager")),
        ("curator", _("Curator")),
        ("administrator", _("Administrator")),
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLES)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_membership")]


class Invitation(models.Model):
    """An invitation by e-mail; only the digest of its secret is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Membership.ROLES)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class Token(models.Model):
    """A personal token for programs; only the digest of its secret is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class CacheEntry(models.Model):
    """The table of Django's database cache: attempts to sign in are counted over all processes."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)


class FailedTries(models.Model):
    """Sign-ins that failed in one minute (since 1970), for one person or for all whom nobody knows."""

    minute = models.BigIntegerField()
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    more = models.PositiveIntegerField(default=0)  # besides the first, which the ledger has already

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minute", "user"], name="one_count_a_person"),
            models.UniqueConstraint(fields=["minute"], condition=models.Q(user=None), name="one_count_of_strangers"),
        ]

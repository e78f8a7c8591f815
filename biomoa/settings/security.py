"""What protects people and the station: cookies, headers, sign-in, attempts. Part of ``assemble``."""

from __future__ import annotations

from typing import Any

from biomoa.settings.station import Station

YEAR_SECONDS = 365 * 24 * 3600
# Tries in a time, by address (ip), by account (key: the e-mail address, or the person of a second factor), by person.
# reliability.md names the figures of PyPI; a wrong second factor counts as a failed sign-in of that person.
ACCOUNT_ATTEMPTS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/300s/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/d/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/300s/user",
    "manage_email": "5/300s/user",
    "reauthenticate": "10/300s/user",
    "confirm_email": "1/180s/key",
}


def is_https(station: Station) -> bool:
    return station.address.startswith("https:")


def protection(station: Station) -> dict[str, Any]:
    """Cookies and headers. Over https they cannot leave it, and names bind them to this host (RFC 6265bis, 4.1.3)."""
    secure = is_https(station)
    prefix = "__Host-" if secure else ""
    settings: dict[str, Any] = {
        "SESSION_COOKIE_NAME": f"{prefix}sessionid",
        "CSRF_COOKIE_NAME": f"{prefix}csrftoken",
        "LANGUAGE_COOKIE_NAME": f"{prefix}django_language",
        "MESSAGE_STORAGE": "biomoa.site.display.HostMessages",
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "LANGUAGE_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": station.security.session_hours * 3600,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": YEAR_SECONDS if secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": secure,
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_REFERRER_POLICY": "same-origin",
    }
    if station.security.trusted_proxies:
        settings["SECURE_PROXY_SSL_HEADER"] = ("HTTP_X_FORWARDED_PROTO", "https")
    return settings


def sign_in(station: Station) -> dict[str, Any]:
    """Accounts, second factors and sessions (django-allauth)."""
    return {
        "LOGIN_URL": "account_login",
        # Who signs in comes to work: a newcomer finds there how to begin.
        "LOGIN_REDIRECT_URL": "/submissions/",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_ADAPTER": "biomoa.people.accounts.Accounts",
        "ACCOUNT_FORMS": {
            "signup": "biomoa.people.accounts.SignUp",
            "reset_password": "biomoa.people.accounts.ResetForm",
        },
        "ACCOUNT_SIGNUP_FORM_CLASS": "biomoa.people.signup.SignUpForm",
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "ACCOUNT_CONFIRM_EMAIL_ON_GET": False,
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_PREVENT_ENUMERATION": True,
        "ACCOUNT_SESSION_REMEMBER": None,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_RATE_LIMITS": ACCOUNT_ATTEMPTS,
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if is_https(station) else "http",
        "ALLAUTH_TRUSTED_PROXY_COUNT": station.security.trusted_proxies,
        "USERSESSIONS_ADAPTER": "biomoa.people.sessions.Sessions",
        "MFA_ADAPTER": "biomoa.people.secondfactor.SecondFactors",
        "MFA_FORMS": {"activate_totp": "biomoa.people.secondfactor.ActivateForm"},
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": station.name_en,
        "MFA_TOTP_TOLERANCE": 0,  # a code is good for its own 30 seconds only (ASVS 6.5.5)
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not is_https(station),
    }

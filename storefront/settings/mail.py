"""Where mails go: to a server that is named, else, in development, into files or on the console."""

from django.core.exceptions import ImproperlyConfigured
from environs import validate

from .environment import env, first_set

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", None)
if EMAIL_HOST:
    EMAIL_BACKEND = SMTP_BACKEND
elif EMAIL_FILE_PATH:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# On a Heroku-like platform the add-on gives these, under names of its own.
EMAIL_PORT = env.int(
    first_set("EMAIL_PORT", "MAILGUN_SMTP_PORT"), 587, validate=validate.Range(1, 65535)
)
EMAIL_HOST_USER = env.str(first_set("EMAIL_HOST_USER", "MAILGUN_SMTP_LOGIN"), "")
EMAIL_HOST_PASSWORD = env.str(first_set("EMAIL_HOST_PASSWORD", "MAILGUN_SMTP_PASSWORD"), "")
# STARTTLS on 587, TLS from the first byte on 465, neither on a mail server of the same host.
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", EMAIL_PORT == 465)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", EMAIL_PORT == 587)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured(
        f'Environment variables "EMAIL_USE_SSL" and "EMAIL_USE_TLS" are both on for port {EMAIL_PORT}.'
    )

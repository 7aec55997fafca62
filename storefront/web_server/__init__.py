"""The worker of gunicorn that serves the shop; it knows neither Django nor the settings."""

from django.contrib.auth.views import LoginView

from ..forms import SignInForm


class SignInPageView(LoginView):
    """Signs people in to the browsable API."""

    template_name = "rest_framework/login.html"
    authentication_form = SignInForm

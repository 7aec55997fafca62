from django.contrib import admin

from ..forms import AdminSignInForm

admin.site.login_form = AdminSignInForm

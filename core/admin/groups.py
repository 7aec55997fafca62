from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth.models import Group

from storefront.admin.options import ConcurrentEditAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ConcurrentEditAdmin, auth.GroupAdmin):
    pass

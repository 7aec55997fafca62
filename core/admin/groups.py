from django.contrib import admin
from django.contrib.auth import admin as auth
from django.contrib.auth.models import Group

from storefront.admin.options import ConcurrentEditAdmin

from .rights import SuperusersWriteAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(SuperusersWriteAdmin, ConcurrentEditAdmin, auth.GroupAdmin):
    pass

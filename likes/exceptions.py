from django.conf import settings


class TooManyLikes(Exception):
    """The user likes as much as anybody may."""

    status_code = 409
    code = "too_many_likes"

    @property
    def detail(self) -> str:
        return f"You like {settings.LIKES} things; take one like back first."

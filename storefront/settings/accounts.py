"""Accounts: sessions, djoser's serializers and links, and what an account may do before its address is confirmed."""

from environs import validate

from .environment import env

# Whether who registers is mailed a link that confirms the address.
SEND_VERIFICATION_MAIL = env.bool("SEND_VERIFICATION_MAIL", True)
# Whether an account gets other mails, and places orders, only once its address is confirmed.
REQUIRE_VERIFIED_EMAIL = env.bool("REQUIRE_VERIFIED_EMAIL", False)
# Those of the admin and of the browsable API, of which each is listed and ended as a token's is.
SESSION_ENGINE = "core.sessions"
# A refresh token is valid once: the answer brings the next one. Front-ends that keep their first one need it off.
ROTATE_REFRESH_TOKENS = env.bool("ROTATE_REFRESH_TOKENS", False)
# Whether staff sign in with a code of an app beside the password: off, optional (who has set it up), required.
STAFF_SECOND_FACTOR = env.str(
    "STAFF_SECOND_FACTOR", "optional", validate=validate.OneOf(["off", "optional", "required"])
)
# What an app calls the account.
OTP_TOTP_ISSUER = "Storefront"
# The tries of an account are counted by the shop, beside which that of the library would grow without an end.
OTP_TOTP_THROTTLE_FACTOR = 0

DJOSER = {
    "SERIALIZERS": {
        "user_create": "core.serializers.UserCreateSerializer",
        "user": "core.serializers.UserSerializer",
        "current_user": "core.serializers.UserSerializer",
        "activation": "core.serializers.VerifyEmailSerializer",
        "user_delete": "core.serializers.DeleteUserSerializer",
        "set_password": "core.serializers.SetPasswordSerializer",
        "set_username": "core.serializers.SetUsernameSerializer",
        "password_reset": "core.serializers.SendLinkSerializer",
        "username_reset": "core.serializers.SendLinkSerializer",
        "password_reset_confirm": "core.serializers.ConfirmPasswordSerializer",
        "username_reset_confirm": "core.serializers.ConfirmUsernameSerializer",
    },
    "PERMISSIONS": {
        name: ["core.permissions.IsSelfOrStaff"] for name in ("user", "user_list", "user_delete")
    },
    "TOKEN_MODEL": None,
    # Pages of the front-end that the mails link to.
    "PASSWORD_RESET_CONFIRM_URL": "password/reset/confirm/{uid}/{token}",
    "USERNAME_RESET_CONFIRM_URL": "username/reset/confirm/{uid}/{token}",
    "ACTIVATION_URL": "activate/{uid}/{token}",
}

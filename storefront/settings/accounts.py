"""djoser: its serializers, links and mails."""

DJOSER = {
    "SERIALIZERS": {
        "user_create": "core.serializers.UserCreateSerializer",
        "user": "core.serializers.UserSerializer",
        "current_user": "core.serializers.UserSerializer",
        "activation": "core.serializers.ActivationSerializer",
        "user_delete": "core.serializers.DeleteUserSerializer",
        "set_password": "core.serializers.SetPasswordSerializer",
        "set_username": "core.serializers.SetUsernameSerializer",
        "password_reset": "core.serializers.SendResetSerializer",
        "username_reset": "core.serializers.SendResetSerializer",
        "password_reset_confirm": "core.serializers.ConfirmPasswordSerializer",
        "username_reset_confirm": "core.serializers.ConfirmUsernameSerializer",
    },
    "EMAIL": {
        "activation": "core.mails.Activation",
        "confirmation": "core.mails.Confirmation",
        "password_reset": "core.mails.PasswordReset",
        "password_changed_confirmation": "core.mails.PasswordChanged",
        "username_reset": "core.mails.UsernameReset",
        "username_changed_confirmation": "core.mails.UsernameChanged",
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

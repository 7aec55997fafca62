"""The password that the people of the tests sign in with."""

PASSWORD = "a-Str0ng-one"

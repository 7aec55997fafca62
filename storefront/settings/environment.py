"""The variables of the environment, or of a file `.env` beside manage.py."""

from pathlib import Path

from environs import Env

BASE_DIR = Path(__file__).resolve().parents[2]

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)


def first_set(*names: str) -> str:
    """Return the first of these variables that is set, so that what is wrong is said of that one."""
    return next((name for name in names if env.str(name, None) is not None), names[0])

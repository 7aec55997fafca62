"""Python in processes of its own, forked from one that has the libraries, but nothing of the shop, loaded.

A start of Python with Django, Celery and environs takes half a second, a fork 20 ms.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

SECONDS = 60
# None of them reads the settings when it is loaded.
LIBRARIES = [
    "celery.schedules",
    "corsheaders.defaults",
    "dj_database_url",
    "django.core.management.commands.migrate",
    "django.db.migrations.autodetector",
    "django.forms",
    "django.http",
    "django.template",
    "django.test",
    "environs",
    "iso4217",
    "jwt",
    "kombu",
    "orjson",
    "PIL.Image",
    "redis",
    "sentry_sdk.integrations.celery",
    "sentry_sdk.integrations.django",
    "whitenoise.compress",
]
Result = subprocess.CompletedProcess[str]


def run(*arguments: str, folder: Path, **variables: str) -> Result:
    """Run Python with these arguments, these environment variables and no others.

    The arguments are those of Python: `-c` and code, `-m` and a module, or a script; a warning is an error.
    """
    server = fork_server()
    assert server.stdin
    assert server.stdout
    job = {"arguments": arguments, "folder": str(folder), "variables": variables}
    server.stdin.write(f"{json.dumps(job)}\n")
    server.stdin.flush()
    return Result(arguments, **json.loads(server.stdout.readline()))


@cache
def fork_server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-W", "error", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={},
        text=True,
        bufsize=1,
    )
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Do the jobs that come as lines of JSON, one after another."""
    for line in sys.stdin:
        job = json.loads(line)
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            if (pid := os.fork()) == 0:
                redirect(output.fileno(), errors.fileno())
                work(**job)
            _, status = os.waitpid(pid, 0)
            response = {"returncode": os.waitstatus_to_exitcode(status)}
            for name, file in (("stdout", output), ("stderr", errors)):
                file.seek(0)
                response[name] = file.read().decode()
        sys.stdout.write(f"{json.dumps(response)}\n")
        sys.stdout.flush()


def redirect(output: int, errors: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, output, errors)):
        os.dup2(file, number)


def work(arguments: list[str], folder: str, variables: dict[str, str]) -> NoReturn:
    """Become the process that was asked for, as far as its end."""
    signal.alarm(SECONDS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.path[0] = folder
    status = 0
    try:
        match arguments:
            case ["-c", code, *rest]:
                sys.argv = ["-c", *rest]
                exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
            case ["-m", name, *rest]:
                sys.argv = [name, *rest]
                runpy.run_module(name, run_name="__main__", alter_sys=True)
            case [script, *_]:
                sys.argv = arguments
                runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    # Without taking apart what was loaded, which would copy all of it.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    for name in LIBRARIES:
        import_module(name)
    gc.freeze()
    serve()

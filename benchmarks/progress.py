import sys


def say(text: str) -> None:
    """Tell whoever waits where the run is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()

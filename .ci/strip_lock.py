"""Take the package index out of a Pipfile.lock, so that each machine installs from its own."""

import json
import sys
from pathlib import Path

path = Path(sys.argv[1])
lock = json.loads(path.read_text())
lock["_meta"]["sources"] = []
for category, packages in lock.items():
    if category != "_meta":
        for package in packages.values():
            package.pop("index", None)
path.write_text(json.dumps(lock, indent=4) + "\n")

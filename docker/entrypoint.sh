#!/bin/sh
# Runs a process of the Procfile by its name (web, worker, beat, release), and anything else as it is.
set -eu
command=$(sed -n "s/^${1:-web}: *//p" Procfile)
if [ -n "$command" ]; then
    shift "$(($# > 0))"
    # exec: the signals of the engine reach the process itself.
    exec sh -c "exec $command \"\$@\"" "$command" "$@"
fi
exec "$@"

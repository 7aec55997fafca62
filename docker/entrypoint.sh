#!/bin/sh
# Runs a process of the Procfile by its name (web, worker, beat, release), and anything else as it is.
set -eu
case ${1:-web} in
    # A path or an option is no name, and may hold what sed takes for its own.
    *[!a-z]*) command= ;;
    *) command=$(sed -n "s/^${1:-web}: *//p" Procfile) ;;
esac
if [ -n "$command" ]; then
    shift "$(($# > 0))"
    # exec: the signals of the engine reach the process itself.
    exec sh -c "exec $command \"\$@\"" "$command" "$@"
fi
exec "$@"

#!/bin/sh
# Run the tasks of a planned run with GNU parallel: parallel.sh RUN [OPTIONS FOR parallel, such as -j 16 or --sshlogin host1,host2]
set -eu
run=$(realpath "$1")
shift
before=
tries=0
while tasks=$(decant missing "$run") && [ -n "$tasks" ]; do
  [ "$tasks" = "$before" ] && tries=$((tries + 1)) || tries=0
  [ "$tries" -lt 3 ] || exit 1
  before=$tasks
  # A task that fails is missing again in the next round.
  printf '%s\n' "$tasks" | parallel "$@" --colsep ' ' decant task "$run" --pass '{1}' --task '{2}' || true
done
decant finish "$run"

#!/usr/bin/env bash
# A small S3 server on this machine for tests: Ceph's gateway with one monitor and one store in memory, on loopback, all files in one folder.
#   s3.sh up DIR      start what is not running, and make the bucket "test"; then: . DIR/environment
#   s3.sh down DIR    stop all of it, and delete the folder
set -euo pipefail
action=$1
dir=$(realpath -m "$2")
port=${S3_TEST_PORT:-17500}
conf=$dir/ceph.conf

running() { [ -s "$dir/run/$1.pid" ] && kill -0 "$(cat "$dir/run/$1.pid")" 2> /dev/null; }

if [ "$action" = down ]; then
  pids=()
  for name in client.gateway osd.0 mon.a; do
    if running $name; then pids+=("$(cat "$dir/run/$name.pid")"); fi
  done
  if [ ${#pids[@]} -gt 0 ]; then
    kill "${pids[@]}" 2> /dev/null || true
    for _ in $(seq 20); do kill -0 "${pids[@]}" 2> /dev/null || break; sleep 0.1; done
    kill -KILL "${pids[@]}" 2> /dev/null || true
  fi
  # What it held was in memory.
  rm -rf "$dir"
  exit 0
fi

mkdir -p "$dir"/run "$dir"/log
cat > "$conf" << CONF
[global]
fsid = 6f9a7b6e-2c58-4d2c-9a39-0f5c6d1f4d11
keyring = $dir/keyring
mon host = [v2:127.0.0.1:$((port + 1))/0,v1:127.0.0.1:$((port + 2))/0]
mon initial members = a
public addr = 127.0.0.1
run dir = $dir/run
pid file = $dir/run/\$name.pid
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
log to stderr = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 2147483648
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 1
ms bind port min = $((port + 10))
ms bind port max = $((port + 99))
[mon.a]
mon data = $dir/mon
[osd.0]
osd data = $dir/osd
[client.gateway]
rgw frontends = beast endpoint=127.0.0.1:$port
rgw enable usage log = false
rgw thread pool size = 32
CONF

ceph() { timeout 60 ceph -c "$conf" "$@" > /dev/null 2>> "$dir/log/ceph.log"; }
if [ ! -d "$dir/mon/store.db" ]; then
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' > /dev/null
  ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' > /dev/null
  ceph-authtool "$dir/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' > /dev/null
  ceph-authtool "$dir/keyring" --gen-key -n client.gateway --cap mon 'allow rw' --cap osd 'allow rwx' > /dev/null
  monmaptool --create --clobber --fsid 6f9a7b6e-2c58-4d2c-9a39-0f5c6d1f4d11 \
    --addv a "[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]" "$dir/monmap" > /dev/null 2>&1
  mkdir -p "$dir/mon"
  ceph-mon -c "$conf" --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
fi
running mon.a || ceph-mon -c "$conf" -i a
if ! running osd.0; then
  rm -rf "$dir/osd"
  mkdir -p "$dir/osd"
  uuid=$(cat /proc/sys/kernel/random/uuid)
  ceph osd new "$uuid" 0 || true
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$uuid" > /dev/null 2>&1
  ceph osd crush add osd.0 1.0 root=default host=localhost || true
  ceph-osd -c "$conf" -i 0 > /dev/null 2>&1
fi
if ! running client.gateway; then
  timeout 120 radosgw-admin -c "$conf" user create --uid=test --display-name=test --access-key=testkey --secret-key=testsecret \
    > /dev/null 2>> "$dir/log/user.log"
  radosgw -c "$conf" -n client.gateway > /dev/null 2>&1
fi
cat > "$dir/environment" << ENVIRONMENT
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=testkey AWS_SECRET_ACCESS_KEY=testsecret AWS_REGION=us-east-1
ENVIRONMENT
for _ in $(seq 150); do
  if curl -s -o /dev/null "http://127.0.0.1:$port/"; then exit 0; fi
  sleep 0.2
done
echo 'the gateway did not come up' >&2
tail -5 "$dir"/log/*.log >&2
exit 1

#!/usr/bin/env bash
# A small Slurm on this machine for tests: one controller and four node daemons on loopback, as root, without systemd, all files in one folder.
#   slurm.sh up DIR      start what is not running; then set SLURM_CONF=DIR/slurm.conf
#   slurm.sh down DIR    stop all of it
set -euo pipefail
action=$1
dir=$(realpath -m "$2")
nodes=4
port=${SLURM_TEST_PORT:-17800}
export SLURM_CONF=$dir/slurm.conf

running() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

if [ "$action" = down ]; then
  pids=()
  for file in "$dir"/slurmd-n*.pid "$dir/slurmctld.pid" "$dir/munged.pid"; do
    if running "$file"; then pids+=("$(cat "$file")"); fi
  done
  if [ ${#pids[@]} -gt 0 ]; then
    # A daemon that a test has frozen hears no other signal.
    kill -CONT "${pids[@]}" 2> /dev/null || true
    kill "${pids[@]}" 2> /dev/null || true
    for _ in $(seq 20); do kill -0 "${pids[@]}" 2> /dev/null || break; sleep 0.1; done
    kill -KILL "${pids[@]}" 2> /dev/null || true
  fi
  exit 0
fi

mkdir -p "$dir"/state "$dir"/log
chmod 755 "$dir"
if [ ! -s "$dir/munge.key" ]; then (umask 077; head -c 128 /dev/urandom > "$dir/munge.key"); fi
running "$dir/munged.pid" || munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" \
  --pid-file="$dir/munged.pid" --log-file="$dir/log/munged.log" --seed-file="$dir/munge.seed"

cat > "$SLURM_CONF" << CONF
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=200000,bf_interval=2,batch_sched_delay=0,requeue_delay=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
SlurmdTimeout=10
SlurmctldTimeout=10
MessageTimeout=10
UnkillableStepTimeout=10
PropagateResourceLimits=NONE
MailProg=/bin/true
NodeName=n[1-$nodes] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
echo 'CgroupPlugin=cgroup/v1' > "$dir/cgroup.conf"
cd "$dir/log"
running "$dir/slurmctld.pid" || slurmctld -i
for i in $(seq $nodes); do
  mkdir -p "$dir/spool-n$i"
  running "$dir/slurmd-n$i.pid" || slurmd -N "n$i"
done
for _ in $(seq 100); do
  [ "$(timeout 10 sinfo --noheader --Node --states=idle,mix,alloc --format=%N 2>/dev/null | sort -u | wc -l)" -ge $nodes ] && exit 0
  sleep 0.2
done
echo 'Slurm did not start:' >&2
tail -n 5 "$dir"/log/*.log >&2
exit 1

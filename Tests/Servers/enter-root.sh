#!/bin/sh
# enter-root.sh INSTANCE LAYERS COMMAND...
#
# Runs COMMAND in a mail server's root: the read-only LAYERS (overlayfs order, topmost first) below
# INSTANCE/files, with everything the server writes kept in memory. To be called in mount and PID
# namespaces of its own (unshare -m -p -f --kill-child), which end with this script and leave
# nothing mounted.
set -eu
instance=$1 layers=$2
shift 2

scratch=$instance/scratch
mkdir "$scratch"
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay "$scratch/root" \
    -o "lowerdir=$layers,upperdir=$scratch/upper,workdir=$scratch/work"
mount -t proc proc "$scratch/root/proc"
mount --rbind /dev "$scratch/root/dev"
cp -R "$instance/files/." "$scratch/root/"

# No exec: this shell stays the namespace's first process. A server that changes its user loses the
# death signal that --kill-child has set, and would outlive the tests.
chroot "$scratch/root" "$@"
exit

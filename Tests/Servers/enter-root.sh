#!/bin/sh
# enter-root.sh INSTANCE LAYERS COMMAND...
#
# Runs COMMAND as the first process of a mail server's root: the read-only LAYERS (overlayfs order,
# topmost first) below INSTANCE/files, with everything the server writes kept in memory. To be
# called in mount and PID namespaces of its own (unshare -m -p -f --kill-child), which then end
# together with the server and leave nothing mounted.
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
exec chroot "$scratch/root" "$@"

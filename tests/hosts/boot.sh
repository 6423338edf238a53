# First process of a host: its own copy of this machine's root, writable and gone with the process.
# Run by unshare in new mount, network, pid, uts and ipc namespaces; ends when its standard input does.
set -e
# A pool is busy for as long as there is a copy of its mounts: none of a test's beside this one.
umount --all --lazy --types fuse.zfs || :
mount -t tmpfs none /mnt
mkdir /mnt/upper /mnt/work /mnt/root
root=/mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work none $root
# Nothing that this machine does for itself may happen on the host.
for folder in root run opt etc/cron.d etc/holdfast var/lib/holdfast var/spool/cron/crontabs; do
  mkdir -p $root/$folder
  mount -t tmpfs -o mode=0755 none $root/$folder
done
mount -t tmpfs -o mode=1777 none $root/tmp
mount -t proc proc $root/proc
mount --rbind /dev $root/dev
: >$root/etc/crontab
chmod 0700 $root/root
mkdir $root/run/sshd
hostname "$1"
# The shell stays as process 1 and buries the orphans, so that a dead job is not taken for a living one.
# Only there is it booted: until then its root is this machine's.
exec chroot $root /bin/sh -c 'echo booted; cat >/dev/null; :'

#!/usr/bin/env bash
# Runs a command on Debian 13, with its Open MPI 5 and GCC 14, on a machine that has something else. No part of the
# tests; for those who change the launcher. As root, with debootstrap and util-linux, and Debian's mirror in reach.
#
#   bash tests/cli/on_debian_13.sh DIR [COMMAND ARGS...]     # ./bootstrap.sh test, where no command is given
#
# DIR becomes a small Debian 13 at the first call, and stays. The sources, as they are in the working tree, are copied to
# DIR/hecaton, and the command runs there; what was built stays, too. All mounts are in a namespace of the command's own,
# and so are its process ids, its /dev/shm and its /tmp: when it has ended, nothing of it runs and nothing is mounted.
set -euo pipefail
[[ $# -ge 1 ]] || { sed -n '5,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
sources=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
mkdir -p "$1"
root=$(realpath "$1")
shift
[[ $# -gt 0 ]] || set -- ./bootstrap.sh test

if [[ ! -e $root/etc/debian_version ]]; then
  debootstrap --variant=minbase trixie "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
fi
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
[[ -e $root/etc/hosts ]] || echo "127.0.0.1 localhost" >"$root/etc/hosts"  # some tests mount their own in its place
mkdir -p "$root/hecaton"
# Only what has changed gets a new time, so that a build goes on where it was.
git -C "$sources" ls-files -z --cached --others --exclude-standard |
  (cd "$sources" && while IFS= read -r -d '' file; do
    [[ ! -f $file ]] || cmp -s "$file" "$root/hecaton/$file" || install -D -m "$(stat -c %a "$file")" "$file" "$root/hecaton/$file"
  done)

# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child bash -c '
  set -e
  mount --make-rprivate /
  mount --bind "$1" "$1"  # pivot_root wants a mount point
  cd "$1"
  mount -t proc proc proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys  # packages with kernel parameters have no business with this machine
  mount --rbind /sys sys
  mount --rbind /dev dev
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
  mount -t tmpfs -o mode=1777 tmpfs tmp
  shift
  # Not just chroot: who enters the namespace later, as the tests do with nsenter, has to find the same root.
  pivot_root . mnt
  umount -l /mnt
  cd /hecaton
  exec /usr/bin/env -i HOME=/root TERM="${TERM-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
  bash "$root" "$@"

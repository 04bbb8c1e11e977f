#!/usr/bin/env bash
# Runs a command in a fresh Debian of its own, so that a change can be tried on a release that this machine does not have,
# and on a machine that has nothing installed. No part of the tests. As root, with debootstrap and util-linux, and
# Debian's mirror in reach.
#
#   bash tests/on_debian.sh 12|13 DIR [COMMAND ARGS...]     # ./bootstrap.sh test, where no command is given
#
# Debian 12 has Open MPI 4 and GCC 12, Debian 13 has Open MPI 5 and GCC 14. DIR becomes a small Debian at the first call, and
# stays. The sources, as they are in the working tree, are copied to DIR/hecaton, and the command runs there; what was
# built stays, too. All mounts are in a namespace of the command's own, and so are its process ids, its /dev/shm and its
# /tmp: when it has ended, nothing of it runs and nothing is mounted.
set -euo pipefail
usage() { sed -n '6,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[[ $# -ge 2 ]] || usage
case $1 in
  12) release=bookworm ;;
  13) release=trixie ;;
  *) usage ;;
esac
sources=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
mkdir -p "$2"
root=$(realpath "$2")
shift 2
[[ $# -gt 0 ]] || set -- ./bootstrap.sh test

if [[ ! -e $root/etc/debian_version ]]; then
  debootstrap --variant=minbase "$release" "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
fi
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
[[ -e $root/etc/hosts ]] || echo "127.0.0.1 localhost" >"$root/etc/hosts"  # some tests mount their own in its place
mkdir -p "$root/hecaton"
# Only what has changed gets a new time, so that a build goes on where it was. What is not there any more goes.
list=$(mktemp)
git -C "$sources" ls-files -z --cached --others --exclude-standard >"$list"
(cd "$sources" && while IFS= read -r -d '' file; do
  [[ ! -f $file ]] || cmp -s "$file" "$root/hecaton/$file" || install -D -m "$(stat -c %a "$file")" "$file" "$root/hecaton/$file"
done <"$list")
(cd "$root/hecaton" && find . -path './build*' -prune -o -type f -printf '%P\0' | sort -z | comm -z -23 - <(sort -z "$list") |
  while IFS= read -r -d '' file; do [[ -f $sources/$file ]] || rm -- "$file"; done)
rm "$list"

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

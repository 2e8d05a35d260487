#!/usr/bin/env bash
# buildx_inside.sh ROOT STATE BASE CONTEXT: builds CONTEXT with the engine in ROOT, and writes the archive to standard output.
# For buildx.sh, which runs it as the first process of its own mount and process namespaces.
set -euo pipefail
unset DOCKER_HOST DOCKER_CONFIG # of another engine
root=$1 state=$2 base=$3 context=$4

mount --make-rprivate /
mkdir -p "$state/"{root,work,data}
mount -t tmpfs none "$state/work"
mkdir "$state/work/"{upper,work}
mount -t overlay -o "lowerdir=$root,upperdir=$state/work/upper,workdir=$state/work/work" none "$state/root"
mount --rbind /sys "$state/root/sys"
mount --rbind /dev "$state/root/dev"
mount -t proc none "$state/root/proc"
mkdir -p "$state/root/etc/docker" "$state/root/var/lib/docker" "$state/root/context"
mount --bind "$state/data" "$state/root/var/lib/docker"
mount --bind "$context" "$state/root/context"
echo '{"features":{"containerd-snapshotter":true}}' >"$state/root/etc/docker/daemon.json"

chroot "$state/root" /usr/sbin/dockerd --bridge=none --iptables=false --ip6tables=false --ip-masq=false >"$state/log" 2>&1 </dev/null &
for ((waited = 0; waited < 600; waited++)); do
  chroot "$state/root" docker version >/dev/null 2>&1 && break
  sleep 0.1
done
if ! chroot "$state/root" docker version >/dev/null; then
  cat "$state/log" >&2
  exit 1
fi
chroot "$state/root" docker import - ocislim-base <"$base" >&2
chroot "$state/root" docker buildx build --network host --progress plain --output type=oci,dest=- /context
kill %1
wait

#!/usr/bin/env bash
# Runs inside Curvine's image. Gathers under $1 what the final image takes from it: the programs that
# run, the configuration, the web UI, and exactly the libraries that ldd says they need.
# Also makes the links and the folders of the final image, as here is a shell and there is none.
set -euo pipefail
# Sorted the same way everywhere, so that equal inputs give an equal image.
export LC_ALL=C
umask 022
here=$(dirname "$0")
. "$here/names.sh"

out=$1
source=${CURVINE_HOME:-$home}
# Of every library copied: where it came from, for the SBOM.
origins=$out/.origins

say() { echo "collect: $*" >&2; }
fail() { say "$*"; exit 1; }

# What ldd prints for the file $1, as "NAME PATH" lines; a library without a path fails the build.
needs() {
  local printed
  printed=$(ldd "$1" 2>&1) || {
    case $printed in
      *"not a dynamic executable"* | *"statically linked"*) return 0 ;;
      *) fail "ldd cannot read $1: $printed" ;;
    esac
  }
  if grep -q 'not found' <<<"$printed"; then
    fail "a library of $1 is missing in Curvine's image: $(grep 'not found' <<<"$printed" | head -n 3)"
  fi
  # "NAME => PATH (0x…)" for most; "PATH (0x…)" for the loader and for a needed absolute path.
  awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 } $1 ~ /^\// { n = split($1, part, "/"); print part[n], $1 }' \
    <<<"$printed"
}

# A processor-specific build of a library, picked because the builder's processor has what the
# node's may not, is exchanged for the plain one beside it.
plain() {
  case $1 in
    */glibc-hwcaps/*)
      local path=${1%%/glibc-hwcaps/*}/${1##*/}
      [ -e "$path" ] || fail "$1 has no build for every processor beside it"
      echo "$path"
      ;;
    *) echo "$1" ;;
  esac
}

take_libraries_of() {
  local name path
  while read -r name path; do
    if [[ $name =~ $glibc || $name =~ $gcc ]]; then continue; fi
    case $path in "$jindo"/*) continue ;; esac
    path=$(plain "$path")
    if [ ! -e "$out$libraries/$name" ]; then
      cp -L "$path" "$out$libraries/$name"
      chmod 0644 "$out$libraries/$name"
      echo "$libraries/$name $(readlink -f "$path")" >>"$origins"
    fi
  done < <(needs "$1" | sort -u)
}

[ -d "$source/lib" ] || fail "there is no $source/lib in Curvine's image"
mkdir -p "$out$libraries" "$out$home"/{bin,lib} "$out/usr/local/bin" "$out/usr/bin" "$out/etc"
: >"$origins"

# 1. The programs.
for program in "${programs[@]}"; do
  [ -f "$source/lib/$program" ] || fail "there is no $source/lib/$program in Curvine's image"
  cp -L "$source/lib/$program" "$out$home/lib/$program"
  chmod 0755 "$out$home/lib/$program"
  echo "$home/lib/$program $source/lib/$program" >>"$origins"
  take_libraries_of "$source/lib/$program"
done
# `cv` itself: Curvine's bin/cv is a bash script around it.
ln -s ../lib/curvine-cli "$out$home/bin/cv"
ln -s "$home/lib/curvine-cli" "$out/usr/local/bin/cv"

# 2. Libraries that are opened by name at run time, which ldd does not see.
if [ -d "$jindo" ]; then
  mkdir -p "$out$jindo"
  for library in "$jindo"/*.so*; do
    cp -P "$library" "$out$jindo/"
    [ -L "$library" ] && continue
    echo "$library $library" >>"$origins"
    take_libraries_of "$library"
  done
fi
if [ -e "$out$libraries/libibverbs.so.1" ]; then
  # RDMA: libibverbs opens a provider for each kind of card.
  for folder in /etc/libibverbs.d /usr/lib64/libibverbs /usr/lib/*-linux-gnu/libibverbs; do
    [ -d "$folder" ] || continue
    mkdir -p "$out$folder"
    cp -L "$folder"/* "$out$folder/"
    for provider in "$folder"/*.so; do
      [ -e "$provider" ] || continue
      echo "$provider $(readlink -f "$provider")" >>"$origins"
      take_libraries_of "$provider"
    done
  done
fi

# 3. Configuration and web UI. The shell scripts beside the configuration have nobody to run them.
for folder in conf webui; do
  [ -d "$source/$folder" ] || { say "no $folder in Curvine's image"; continue; }
  mkdir -p "$out$home/$folder"
  cp -RL "$source/$folder/." "$out$home/$folder/"
done
find "$out$home" -name '*.sh' -delete
find "$out$home/conf" "$out$home/webui" -type f -exec chmod 0644 {} + 2>/dev/null || true

# 4. Folders that servers write: for root by the group, for 65532 (`nonroot` in the base) as owner,
#    so that both work without any capability.
for folder in conf data logs; do
  mkdir -p "$out$home/$folder"
  chown -R 65532:0 "$out$home/$folder"
  find "$out$home/$folder" -type d -exec chmod 0775 {} +
done
# /cache-data is where a worker caches when no tier says otherwise.
mkdir -p "$out/run/curvine-fluid" "$out/cache-data"
chown 65532:0 "$out/run/curvine-fluid" "$out/cache-data"
chmod 0775 "$out/run/curvine-fluid" "$out/cache-data"
# Where earlier images of Curvine for Fluid lived; classes in the field set CURVINE_HOME to it.
mkdir -p "$out/opt"
ln -s "$home" "$out/opt/curvine"

# 5. The links. The base has /bin and /sbin as links into /usr, so /bin/sh is found as well.
for applet in "${applets[@]}"; do ln -s "$executable" "$out/usr/bin/$applet"; done
for name in "${old_names[@]}"; do ln -s "$executable" "$out$name"; done

# 6. Finding libraries and certificates.
printf '%s\n' "$libraries" "$jindo" >"$out/etc/ld.so.conf"
mkdir -p "$out/etc/pki/tls/certs"
ln -s /etc/ssl/certs/ca-certificates.crt "$out/etc/pki/tls/certs/ca-bundle.crt"
ln -s /etc/ssl/certs/ca-certificates.crt "$out/etc/pki/tls/cert.pem"

# 7. What the licences of the copied libraries ask for.
mkdir -p "$out/usr/share/doc/curvine-fluid"
cp "$here/LICENSE" "$out/usr/share/doc/curvine-fluid/LICENSE"
while read -r _ path; do
  package=$("$here/package_of.sh" "$path" name)
  [ -n "$package" ] || continue
  for text in "/usr/share/doc/$package/copyright" "/usr/share/licenses/$package"; do
    [ -e "$text" ] || continue
    mkdir -p "$out/usr/share/doc/curvine-fluid/licenses/$package"
    cp -RL "$text" "$out/usr/share/doc/curvine-fluid/licenses/$package/"
  done
done <"$origins"

sort -u -o "$origins" "$origins"
# Not part of the image, but of this stage: slim.sh reads it for the SBOM.
mv "$origins" /build/origins

# One time for all that was made here; the time of the build would make every image a new one.
find "$out" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
say "$(find "$out" -type f | wc -l) files, $(du -sk "$out" | cut -f1) KiB"

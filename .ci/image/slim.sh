#!/usr/bin/env bash
# The proof of the image that lies under $1: only the programs that belong there, every promised link,
# every library found and new enough. Writes what the final image still lacks (the loader's cache and
# the SBOM) under $2. Any finding fails the build, and all findings are told at once.
#   $3 what collect.sh gathered   $VERSION the version of the executable, for the SBOM
set -euo pipefail
export LC_ALL=C
umask 022
here=$(dirname "$0")
. "$here/names.sh"

image=$1
proof=$2
ours=$3
origins=${4:-/build/origins}
findings=0

found() { echo "slim: $*" >&2; findings=$((findings + 1)); }

# Where a path inside the image leads to, its links followed inside the image.
resolve() { chroot_path "$1" 0; }
chroot_path() {
  local path=$1 depth=$2 part done= target
  [ "$depth" -lt 40 ] || return 1
  local IFS=/
  local -a parts
  read -r -a parts <<<"${path#/}"
  local i
  for ((i = 0; i < ${#parts[@]}; i++)); do
    part=${parts[i]}
    case $part in "" | .) continue ;; ..) done=${done%/*}; continue ;; esac
    if [ -L "$image$done/$part" ]; then
      target=$(readlink "$image$done/$part")
      case $target in /*) ;; *) target=$done/$target ;; esac
      chroot_path "$target/${parts[*]:i+1}" $((depth + 1))
      return
    fi
    done=$done/$part
  done
  [ -e "$image$done" ] || return 1
  echo "$done"
}

# 1. Programs. A list of what may be in finds more than a list of what may not.
allowed=("$executable")
for program in "${programs[@]}"; do allowed+=("$home/lib/$program"); done
while IFS= read -r -d '' path; do
  inside=${path#"$image"}
  case $inside in
    # Libraries carry the x bit in some packages; the loader and libc are programs, too.
    *.so | *.so.*) continue ;;
  esac
  for one in "${allowed[@]}"; do [ "$inside" = "$one" ] && continue 2; done
  # Debian's base-files and tzdata bring a shell script each. Without a shell they are dead text.
  if [ ! -e "$ours$inside" ] && [ "$(head -c 2 "$path")" = '#!' ]; then
    echo "slim: dead text of the base: $inside" >&2
    continue
  fi
  found "a program that has no business here: $inside"
done < <(find "$image" -xdev -type f -perm /111 -print0 | sort -z)

# 2. By name: what a shell image has. Such a name may only be a link to the executable.
forbidden=(
  sh bash dash ash zsh ksh busybox toybox
  python python2 python3 perl ruby node lua
  apt apt-get dpkg dpkg-deb rpm dnf microdnf yum apk pip pip3
  ls cat cp mv rm ln mkdir rmdir chmod chown touch sleep df du uname env tail head sort cut tr wc dd
  find grep sed awk gawk mawk xargs tar gzip curl wget nc ssh vi jq fio
  mount umount fusermount fusermount3 su sudo
)
for folder in /bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /busybox "$home/bin" "$home"; do
  for name in "${forbidden[@]}"; do
    [ -e "$image$folder/$name" ] || [ -L "$image$folder/$name" ] || continue
    [ "$(resolve "$folder/$name" || true)" = "$executable" ] || found "forbidden: $folder/$name"
  done
done
while IFS= read -r -d '' path; do
  found "a script with nobody to run it: ${path#"$ours"}"
done < <(find "$ours" -type f \( -name '*.sh' -o -name '*.py' -o -name '*.pl' \) -print0 | sort -z)
while IFS= read -r -d '' path; do
  found "set-user-id or set-group-id: ${path#"$image"}"
done < <(find "$image" -xdev -type f -perm /6000 -print0 | sort -z)

# 3. What is promised.
for applet in "${applets[@]}"; do
  for name in "/usr/bin/$applet" "/bin/$applet"; do
    [ "$(resolve "$name" || true)" = "$executable" ] || found "$name does not lead to $executable"
  done
done
for name in "${old_names[@]}"; do
  [ "$(resolve "$name" || true)" = "$executable" ] || found "$name does not lead to $executable"
done
[ "$(resolve /usr/local/bin/cv || true)" = "$home/lib/curvine-cli" ] || found "cv does not lead to curvine-cli"
for file in /etc/passwd /etc/group /etc/nsswitch.conf /etc/ssl/certs/ca-certificates.crt \
  /etc/pki/tls/cert.pem /etc/os-release; do
  inside=$(resolve "$file" || true)
  [ -n "$inside" ] && [ -s "$image$inside" ] || found "$file is missing or empty"
done
grep -q '^root:' "$image/etc/passwd" || found "/etc/passwd does not know root"
grep -q ':65532:' "$image/etc/passwd" || found "/etc/passwd does not know 65532, the user of servers"
grep -Eq '^hosts:.*files.*dns' "$image/etc/nsswitch.conf" || found "/etc/nsswitch.conf does not look up hosts in files and dns"
[ "$(stat -c %a "$image/tmp" 2>/dev/null || true)" = 1777 ] || found "/tmp is not there for everyone"

# 4. Libraries, asked of the image's own loader, in the image: is every one found, and does it have
#    every version of every symbol? The cache is part of the answer, so it is made first.
mkdir -p "$proof/etc"
ldconfig -r "$image" 2>/dev/null || found "ldconfig cannot make /etc/ld.so.cache"
cp "$image/etc/ld.so.cache" "$proof/etc/ld.so.cache" || found "there is no /etc/ld.so.cache"
loader=
for candidate in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
  resolve "$candidate" >/dev/null && loader=$candidate
done
if [ -z "$loader" ]; then
  found "the base has no loader of glibc"
else
  inspected=("${allowed[@]}")
  while IFS= read -r -d '' path; do inspected+=("${path#"$image"}"); done < <(
    find "$image$libraries" "$image$jindo" -type f -name '*.so*' -print0 2>/dev/null | sort -z
  )
  for path in "${inspected[@]}"; do
    # --list is what ldd does. For a program, LD_WARN and LD_BIND_NOW have every symbol resolved as
    # ldd -r does; a library alone may leave symbols to the program that opens it.
    case $path in *.so*) strict= ;; *) strict=yes ;; esac
    printed=$(LD_WARN=$strict LD_BIND_NOW=$strict chroot "$image" "$loader" --list "$path" 2>&1) || {
      case $printed in *"statically linked"*) continue ;; esac
      found "the base cannot load $path: $(tail -n 2 <<<"$printed")"
      continue
    }
    if bad=$(grep -E 'not found|undefined symbol' <<<"$printed"); then
      found "$path: $(head -n 3 <<<"$bad")"
    fi
    # Mixed families die before main; say so here.
    if mixed=$(grep -E "=> $libraries/(libc|libm|libpthread|libdl|libresolv|ld-linux[^ ]*)\.so" <<<"$printed"); then
      found "$path would take a part of glibc from Curvine's image: $mixed"
    fi
  done
fi

if [ "$findings" -gt 0 ]; then
  echo "slim: $findings findings, no image" >&2
  exit 1
fi

mkdir -p "$proof/usr/share/doc/curvine-fluid"
"$here/sbom.sh" "$image" "$VERSION" "$origins" >"$proof/usr/share/doc/curvine-fluid/sbom.cdx.json"
find "$proof" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
echo "slim: nothing but ${#allowed[@]} programs; $(grep -c '"bom-ref"' "$proof/usr/share/doc/curvine-fluid/sbom.cdx.json") parts in the SBOM" >&2

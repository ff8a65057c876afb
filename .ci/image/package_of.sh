#!/usr/bin/env bash
# Which package of this image the file $1 belongs to: its name, or with $2 = purl its package URL.
# Prints nothing for a file of no package, such as one of Curvine's own.
set -euo pipefail
path=$1
form=$2

# The same file may be known under /lib and /usr/lib, depending on when /usr was merged.
candidates=("$path" "${path#/usr}" "/usr$path")
id=$(. /etc/os-release 2>/dev/null && echo "${ID:-linux}")
release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")

if command -v rpm >/dev/null 2>&1; then
  for candidate in "${candidates[@]}"; do
    case $form in
      name) format='%{NAME}\n' ;;
      purl) format="pkg:rpm/$id/%{NAME}@%{VERSION}-%{RELEASE}?arch=%{ARCH}&distro=$id-$release\n" ;;
    esac
    if found=$(rpm -qf --qf "$format" "$candidate" 2>/dev/null); then
      head -n 1 <<<"$found"
      exit 0
    fi
  done
elif command -v dpkg-query >/dev/null 2>&1; then
  for candidate in "${candidates[@]}"; do
    owner=$(dpkg-query -S "$candidate" 2>/dev/null | head -n 1) || continue
    [ -n "$owner" ] || continue
    package=${owner%%: *}
    case $form in
      name) echo "${package%%:*}" ;;
      purl)
        dpkg-query -W -f "pkg:deb/$id/\${Package}@\${Version}?arch=\${Architecture}&distro=$id-$release\n" \
          "$package" | head -n 1
        ;;
    esac
    exit 0
  done
fi

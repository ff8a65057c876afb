#!/usr/bin/env bash
# Prints a CycloneDX 1.5 SBOM of what was added to the base: the executable, Curvine's programs, every
# library copied with the package it came from, configuration and web UI. What the base holds is told
# by the base itself (/var/lib/dpkg/status.d, which scanners read).
#   $1 the image's root   $2 the version of the executable   $3 origins: "PATH SOURCE" lines
set -euo pipefail
export LC_ALL=C
here=$(dirname "$0")
. "$here/names.sh"
image=$1
own=$2
origins=$3

text() { # as a JSON string
  local s=$1
  s=${s//\\/\\\\}
  s=${s//\"/\\\"}
  s=${s//$'\n'/ }
  printf '"%s"' "$s"
}

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

# type, path inside the image, version, purl, where it came from
component() {
  local sha
  sha=$(sum "$image$2")
  printf '%s    {\n      "type": "%s",\n      "bom-ref": %s,\n      "name": %s,\n' \
    "$separator" "$1" "$(text "file:$2")" "$(text "$2")"
  [ -z "$3" ] || printf '      "version": %s,\n' "$(text "$3")"
  [ -z "$4" ] || printf '      "purl": %s,\n' "$(text "$4")"
  [ -z "$5" ] || printf '      "properties": [{ "name": "curvine-fluid:source", "value": %s }],\n' "$(text "$5")"
  printf '      "hashes": [{ "alg": "SHA-256", "content": "%s" }]\n    }' "$sha"
  separator=$',\n'
}

separator=
printf '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.5",\n  "version": 1,\n'
printf '  "metadata": { "component": { "type": "container", "name": "curvine-fluid", "version": %s } },\n' \
  "$(text "$own")"
printf '  "components": [\n'
component application "$executable" "$own" "pkg:generic/curvine-fluid@$own" ""
declare -A known=()
while read -r path source; do
  known[$path]=1
  purl=$("$here/package_of.sh" "$source" purl)
  version_of=${purl#*@}
  [ "$version_of" = "$purl" ] && version_of=
  type=library
  case $path in "$home/lib/"*) type=application ;; esac
  component "$type" "$path" "${version_of%%\?*}" "$purl" "$source"
done <"$origins"
# The rest of Curvine's folder, file by file.
while IFS= read -r -d '' path; do
  inside=${path#"$image"}
  [ -n "${known[$inside]:-}" ] || component file "$inside" "" "" "${CURVINE_HOME:-$home}${inside#"$home"}"
done < <(find "$image$home" -type f -print0 | sort -z)
printf '\n  ]\n}\n'

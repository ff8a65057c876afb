#!/bin/bash
# Stands in for curvine-cli: keeps a mount table in $STAND_IN_DIR/table and prints what Curvine's
# prints. $STAND_IN_DIR/behave tells it to fail, to hang, to answer when $STAND_IN_DIR/go is there,
# or to print warnings; every call is appended to $STAND_IN_DIR/calls, the process ids to pids.
dir=${STAND_IN_DIR:?}
echo "$$" >> "$dir/pids"
printf '%s' "$1" >> "$dir/calls"
for word in "${@:2}"; do printf ' %s' "$word" >> "$dir/calls"; done
printf '\n' >> "$dir/calls"
touch "$dir/table"
# shellcheck disable=SC1090
[ -f "$dir/behave" ] && . "$dir/behave"

words=()
conf=
while [ $# -gt 0 ]; do
  case $1 in
    --conf) conf=$2; shift 2 ;;
    *) words+=("$1"); shift ;;
  esac
done
if [ -r "$conf" ]; then
  cp "$conf" "$dir/conf"
  stat -c %a "$conf" > "$dir/conf-mode"
else
  echo "Warning: Failed to load config file '$conf'; Using default configuration" >&2
fi
set -- "${words[@]}"

hang() {
  # A grandchild too, and deaf to TERM: only the whole group's KILL ends this.
  trap '' TERM
  sleep 600 &
  echo "$!" >> "$dir/pids"
  wait
}
noise() {
  [ -n "$WARN" ] || return 0
  echo "2026-08-21 10:00:00.123 WARN curvine_client: | retry | /data | s3://elsewhere | slow"
  printf '\033[33mWARN\033[0m something is slow\n' >&2
}
what=$1
[ "$1" = mount ] && [ $# -eq 1 ] && what=table
[ "$HANG" = "$what" ] && hang
[ "$LATE" = "$what" ] && until [ -e "$dir/go" ]; do sleep 0.05; done
if [ "$UNREACHABLE" = 1 ] || [ "$(wc -l < "$dir/calls")" -le "${NO_LEADER:-0}" ]; then
  printf '❌ Error: cannot connect to any master\n' >&2
  exit 1
fi

table() {
  noise
  if [ ! -s "$dir/table" ]; then
    echo "Mount Table: (empty)"
    return
  fi
  local line="+---------+--------------------+-----------------------+------------+------+------+-------------+------+------+------+"
  echo "Mount Table:"
  echo "$line"
  printf '| %-10s| %-20s| %-26s| %-11s| %-15s| %-11s| %-12s| %-8s| %-11s| %-9s|\n' \
    ID "Curvine Path" "UFS Path" "Write Type" "Read Verify UFS" "Auto Cache" "Access Mode" Storage "TTL Action" Provider
  echo "$line"
  noise
  while IFS=$'\t' read -r id path ufs access write _; do
    printf '\033[0m| %-10s| %-20s| %-26s| %-11s| %-15s| %-11s| %-12s| %-8s| %-11s| %-9s|\033[0m\r\n' \
      "$id" "$path" "$ufs" "$write" no yes "$access" - free auto
  done < "$dir/table"
  echo "$line"
  echo "Total mount points: $(wc -l < "$dir/table")"
}

mount_one() {
  local pair row_path row_ufs ufs=$1 path=$2 update= access=read_only write=fs_mode props=
  shift 2
  echo "Ufs path: $ufs"
  echo "Curvine path: $path"
  while [ $# -gt 0 ]; do
    case $1 in
      --update) update=1; shift ;;
      --access-mode=*) access=${1#*=}; shift ;;
      --write-type=*) write=${1#*=}; shift ;;
      -c)
        case ${2#*=} in
          *=*) echo "Error: Invalid config format: $2" >&2; exit 1 ;;
        esac
        props="$props $2"
        shift 2 ;;
      --read-verify-ufs) shift ;;
      --check-path-consist=*|--auto-cache=*|--write-cache=*|--provider=*|--ttl-ms=*) shift ;;
      --replicas=*|--block-size=*|--storage-type=*) shift ;;
      *) echo "error: unexpected argument '$1' found" >&2; exit 2 ;;
    esac
  done
  # As Curvine does: every value, secrets too.
  echo "Configuration:"
  for prop in $props; do echo "  ${prop%%=*} = ${prop#*=}"; done
  noise
  if [ "$FAIL" = "$path" ]; then
    echo "Error: cannot list $ufs with$props" >&2
    exit 1
  fi
  [ "$HANG" = "mount-one" ] && hang
  local old
  old=$(awk -F'\t' -v path="$path" '$2 == path' "$dir/table")
  if [ -n "$update" ]; then
    if [ -z "$old" ]; then
      printf '❌ Error: mount point %s not found for update\n' "$path" >&2
      exit 1
    fi
    # Curvine keeps the UFS and the write type silently, and only adds properties.
    awk -F'\t' -v OFS='\t' -v path="$path" -v access="$access" -v props="$props" \
      '$2 == path { $4 = access; $6 = $6 props } { print }' "$dir/table" > "$dir/table.new"
    if [ "$UPDATE" = refuse ] && [ "$(cut -f3 <<< "$old")" != "$ufs" ]; then
      printf '❌ Error: %s is mounted from another ufs path\n' "$path" >&2
      exit 1
    fi
    mv "$dir/table.new" "$dir/table"
  else
    if [ -n "$old" ]; then
      printf '❌ Error: %s already exists in mount table\n' "$path" >&2
      exit 1
    fi
    while IFS=$'\t' read -r _ row_path row_ufs _; do
      for pair in "$row_path $path" "$path $row_path" "$row_ufs $ufs" "$ufs $row_ufs"; do
        case "${pair#* }/" in
          "${pair%% *}"/*) printf '❌ Error: mount point is a prefix of another\n' >&2; exit 1 ;;
        esac
      done
    done < "$dir/table"
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$RANDOM$RANDOM" "$path" "$ufs" "$access" "$write" \
      "$props" >> "$dir/table"
    [ "$write" = fs_mode ] && echo "resync summary: scanned=1"
  fi
  printf '│ ✅️ mount success.\n'
}

load() {
  local source=$1 state=Completed
  printf '\n✅ Load job submitted successfully\n┌────────\n│ 🔑 Job ID: job-%s\n│ 📁 Target path: x\n└────────\n' "$$"
  local failed=${FAILED_FILES:-0}
  case " $FAILED_LOADS " in *" $source "*) state=${LOAD_STATE:-Failed} failed=1 ;; esac
  [ "$HANG" = loading ] && { printf '│ 🚦 Status: 🔵 Loading\n│ 📊 Progress: 45.0%%\n'; hang; }
  printf '\033[2J\033[1;1H\n📋 Load Job Status\n│ 🚦 Status: 🔵 Loading\n│ 📝 Message: \n│ 📊 Progress: 50.0%%\n│ [███░░░] 5/10 bytes│\n'
  if [ "$TRANSFER" = 1 ]; then
    printf 'Job ID: job\nState: %s\nProgress: 1.0KB / 2.0KB, message=%s\n' "$state" "$LOAD_MESSAGE"
    printf 'Files: 3 completed, %s failed, 0 running, 0 pending; 1.0KB transferred\n' "$failed"
  else
    printf '\033[2J\033[1;1H│ 🚦 Status: 🟢 %s\n│ 📝 Message: %s\n│ 📊 Progress: 100.0%%\n│ [██████] 10/10 bytes│\n' "$state" "$LOAD_MESSAGE"
  fi
  [ "$WATCH_ON" = 1 ] && hang
  exit 0
}

case $what in
  table) table ;;
  mount)
    if [ "$2" = resync ]; then
      echo "resync summary: scanned=1"
    else
      shift
      mount_one "$@"
    fi ;;
  umount)
    if ! grep -q "	$2	" "$dir/table"; then
      printf '❌ Error: failed found %s to umount\n' "$2" >&2
      exit 1
    fi
    awk -F'\t' -v path="$2" '$2 != path' "$dir/table" > "$dir/table.new" && mv "$dir/table.new" "$dir/table"
    printf '│ ✅️ unmount success.\n' ;;
  load) load "$2" ;;
  fs)
    if [ "$FAIL" = "$4" ]; then
      echo "Error: cannot make $4" >&2
      exit 1
    fi
    echo "Directory created successfully" ;;
  cancel-load) echo "cancelled $2" ;;
  report)
    noise
    if [ "$2" = fluid-summary ] && [ "$(grep -c ^report "$dir/calls")" -le "${NO_WORKER:-0}" ]; then
      echo '{"cached":"0B","cachedPercentage":"0","cacheCapacity":"0B","cacheHitRatio":"0"}'
    elif [ "$2" = fluid-summary ] && [ "$OLD" != 1 ]; then
      echo "${SUMMARY:-{\"cached\":\"1.50GiB\",\"cachedPercentage\":\"0\",\"cacheCapacity\":\"10.00GiB\",\"cacheHitRatio\":\"0\",\"fileNum\":\"12\",\"ufsTotal\":\"0\"\}}"
    elif [ "$2" = json ]; then
      printf '{\n  "active_master": "%s",\n  "inode_file_num": 7,\n  "capacity": 10737418240,\n  "fs_used": 1610612736,\n  "live_workers": []\n}\n' "${LEADER:-127.0.0.1:8995}"
    else
      echo "error: unrecognized subcommand '$2'" >&2
      exit 2
    fi ;;
  *) echo "error: unrecognized subcommand '$what'" >&2; exit 2 ;;
esac

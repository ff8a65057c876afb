# Sourced by collect.sh, which makes the links, and by slim.sh, which proves them.
# Every link leads to the one executable, which finds out by the name it was called with.

executable=/usr/local/bin/curvine-fluid
home=/app/curvine

# What Fluid's own hooks and commands, and curvine-fuse, call by name or by absolute path.
applets=(bash sh umount fusermount fusermount3 sleep ls df uname)

# What Curvine's bash and Python image had, by absolute path.
old_names=(
  /entrypoint.sh
  /fluid-entrypoint.sh
  "$home/entrypoint.sh"
  "$home/mountUfs.sh"
  "$home/reportSummary.sh"
  "$home/generate_config.py"
  "$home/config-parse.py"
)

programs=(curvine-fuse curvine-server curvine-cli)

# Libraries never taken from Curvine's image.
#
# glibc: the loader, libc and the rest of the family are built as one and must come from one place;
# a libc of Curvine's image under the base's loader dies before main. glibc is compatible upwards, so
# the base's newer one serves programs that were built with an older one. That covers NSS too: the
# modules `files` and `dns` are inside libc since 2.34, and others would have to match the base's libc.
glibc='^(ld-linux.*|ld64|libc|libm|libmvec|libpthread|libdl|librt|libresolv|libutil|libanl|libnss_[a-z_]+|libnsl|libthread_db|libBrokenLocale|libc_malloc_debug|libmemusage|libpcprofile|linux-vdso|linux-gate)\.so(\.|$)'
#
# GCC's runtime: one process can only have one of each, and unwinding crosses them. The base's is
# newer and compatible upwards as well; the executable itself needs libgcc_s.
gcc='^(libgcc_s|libstdc\+\+|libgomp)\.so(\.|$)'

# Where the others go. They are found through /etc/ld.so.cache, not LD_LIBRARY_PATH: a pod that sets
# that variable for its own ends would otherwise break Curvine.
libraries=/usr/local/lib/curvine
jindo=/opt/jindosdk/lib/native

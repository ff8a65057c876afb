/*
 * A FUSE file system that speaks to /dev/fuse itself, reloads and is taken over as curvine-fuse is.
 *
 * Called by the stand-in: SELF CONF TARGET OPTIONS ARGUMENTS, where SELF is the stand-in's own path
 * and ARGUMENTS what it was called with. It shows the folder `source` beside this program, and
 * writes into it. In C, because its start counts in what a takeover costs.
 *
 * On USR1 it writes its state to <fuse.state_dir>/curvine_fuse_state_<pid>.data, starts SELF again
 * with the same arguments, CURVINE_FUSE_STATE_PATH and the open /dev/fuse, and exits 0. TERM, INT,
 * QUIT and HUP unmount and exit 0. With CURVINE_FUSE_STATE_PATH it mounts nothing: it takes the
 * connections of that file, which it leaves where it is, and knows only nodes and handles that the
 * file lists. A handle that it does not know is EBADF, a node ENOENT. Nodes are numbered from where
 * the file says.
 *
 * OPTIONS, comma separated:
 *   reload=ignore        USR1 does nothing
 *   reload=fail          USR1 ends it with 1, as when the state cannot be written
 *   reload=no-successor  it exits 0 and nobody follows
 *   reload=twice         two successors come
 *   reload=late-exit     the successor comes at once, it leaves a second later
 *   restore=refuse       it refuses any state file: exit 1
 *   restore=die          it takes the state and is killed at once
 *   restore=wait:NAME    it takes the state and serves when the file NAME lies beside
 *   restore=mute         it takes the state, reads requests and never answers
 *   term=ignore          TERM, INT, QUIT and HUP do nothing
 *   term=busy            no fusermount: a busy mount is left behind, stale
 *   gone=unmount         when somebody has unmounted it, it looks every 200 ms, and unmounts once more
 *   ids=stable           a file's node id is its inode's number, as Curvine's own files have it, and
 *                        a folder that is read makes those of its files known
 *   large                it uses 64 MiB of memory, as one that serves does: its end gives them back
 *   mute                 reads requests and never answers; also while the file `mute` lies beside
 *   crash                its first answer to a read is its end by SIGSEGV
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_MOUNTS 64
#define MOST_WRITE (128 * 1024)
#define MAGIC "cvfs1"

struct node {
  uint64_t id;
  char *path; /* below source; "" is the root */
};

struct handle {
  uint64_t number;
  uint64_t node;
};

static char here[PATH_MAX], source[PATH_MAX];
static const char *self, *conf_path, *target, *options, *arguments;
static char state_dir[PATH_MAX] = "";
static long mount_number = 1, entry_ms = 1000, attr_ms = 1000;
static char *targets[MOST_MOUNTS];
static int fds[MOST_MOUNTS], mounts;
static struct node *nodes;
static size_t node_count, node_room;
static struct handle *handles;
static size_t handle_count, handle_room;
static uint64_t next_node = 4611686018427387903ULL, next_handle = 1;
static int always_mute;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
  va_list list;
  va_start(list, format);
  fputs("Error: ", stderr);
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  va_end(list);
  exit(1);
}

/* Whether OPTIONS has this word; where it ends in `=`, what follows, else "". NULL: it has not. */
static const char *option(const char *wanted) {
  static char value[256];
  size_t length = strlen(wanted);
  for (const char *at = options; *at != 0;) {
    size_t size = strcspn(at, ",");
    int prefix = wanted[length - 1] == '=' || wanted[length - 1] == ':';
    if (size >= length && strncmp(at, wanted, length) == 0 && (prefix || size == length)) {
      snprintf(value, sizeof value, "%.*s", (int)(size - length), at + length);
      return value;
    }
    at += size + (at[size] == ',');
  }
  return NULL;
}

static int beside(const char *name) {
  char path[PATH_MAX * 2];
  snprintf(path, sizeof path, "%s/%s", here, name);
  return access(path, F_OK) == 0;
}

/* As much of TOML as our own files have: one key a line. */
static void read_conf(void) {
  FILE *file = fopen(conf_path, "re");
  if (file == NULL) fail("cannot read %s: %s", conf_path, strerror(errno));
  char *line = NULL;
  size_t room = 0;
  int inside = 0;
  while (getline(&line, &room, file) > 0) {
    char text[PATH_MAX];
    long number;
    if (line[0] == '[') inside = strncmp(line, "[fuse]", 6) == 0;
    if (!inside) continue;
    if (sscanf(line, "state_dir = \"%4095[^\"]\"", text) == 1) strcpy(state_dir, text);
    if (sscanf(line, "mnt_number = %ld", &number) == 1) mount_number = number;
    if (sscanf(line, "entry_timeout_ms = %ld", &number) == 1) entry_ms = number;
    if (sscanf(line, "attr_timeout_ms = %ld", &number) == 1) attr_ms = number;
  }
  free(line);
  fclose(file);
  if (state_dir[0] == 0) {
    const char *tmp = getenv("TMPDIR");
    snprintf(state_dir, sizeof state_dir, "%s", tmp == NULL ? "/tmp" : tmp);
  }
  if (mount_number < 1 || mount_number > MOST_MOUNTS) fail("mnt_number %ld", mount_number);
}

static struct node *node_of(uint64_t id) {
  for (size_t n = 0; n < node_count; n++)
    if (nodes[n].id == id) return &nodes[n];
  return NULL;
}

static void add_node(uint64_t id, const char *path) {
  if (node_count == node_room) {
    node_room = node_room == 0 ? 64 : node_room * 2;
    nodes = realloc(nodes, node_room * sizeof *nodes);
  }
  nodes[node_count++] = (struct node){id, strdup(path)};
}

/* The id of a path, a new one where it has none. */
static uint64_t id_of(const char *path, ino_t inode) {
  for (size_t n = 0; n < node_count; n++)
    if (nodes[n].path != NULL && strcmp(nodes[n].path, path) == 0) return nodes[n].id;
  uint64_t id = option("ids=stable") != NULL && inode > FUSE_ROOT_ID && node_of(inode) == NULL
                    ? inode
                    : next_node++;
  add_node(id, path);
  return id;
}

static void forget_path(const char *path) {
  size_t length = strlen(path);
  for (size_t n = 0; n < node_count; n++) {
    char *of = nodes[n].path;
    if (of == NULL || strncmp(of, path, length) != 0 || (of[length] != 0 && of[length] != '/'))
      continue;
    free(of);
    nodes[n].path = NULL;
  }
}

static void rename_path(const char *from, const char *to) {
  forget_path(to);
  size_t length = strlen(from);
  for (size_t n = 0; n < node_count; n++) {
    char *of = nodes[n].path, *now;
    if (of == NULL || strncmp(of, from, length) != 0 || (of[length] != 0 && of[length] != '/'))
      continue;
    if (asprintf(&now, "%s%s", to, of + length) < 0) abort();
    free(of);
    nodes[n].path = now;
  }
}

static void add_handle(uint64_t number, uint64_t node) {
  if (handle_count == handle_room) {
    handle_room = handle_room == 0 ? 64 : handle_room * 2;
    handles = realloc(handles, handle_room * sizeof *handles);
  }
  handles[handle_count++] = (struct handle){number, node};
}

static int has_handle(uint64_t number) {
  for (size_t n = 0; n < handle_count; n++)
    if (handles[n].number == number) return 1;
  return 0;
}

static void drop_handle(uint64_t number) {
  for (size_t n = 0; n < handle_count; n++)
    if (handles[n].number == number) {
      handles[n] = handles[--handle_count];
      return;
    }
}

/* The place of a path below the source. */
static const char *real(const char *relative) {
  static char path[2][PATH_MAX * 2];
  static int which;
  which = !which;
  snprintf(path[which], sizeof path[which], "%s/%s", source, relative);
  return path[which];
}

static const char *child_of(const struct node *parent, const char *name) {
  static char path[2][PATH_MAX * 2];
  static int which;
  which = !which;
  const char *slash = parent->path[0] == 0 ? "" : "/";
  snprintf(path[which], sizeof path[which], "%s%s%s", parent->path, slash, name);
  return path[which];
}

static void attributes(struct fuse_attr *attr, uint64_t id, const struct stat *info) {
  memset(attr, 0, sizeof *attr);
  attr->ino = id;
  attr->size = info->st_size;
  attr->blocks = info->st_blocks;
  attr->atime = info->st_atime;
  attr->mtime = info->st_mtime;
  attr->ctime = info->st_ctime;
  attr->mode = info->st_mode;
  attr->nlink = info->st_nlink;
  attr->uid = info->st_uid;
  attr->gid = info->st_gid;
  attr->blksize = 4096;
}

/* An answer: its bytes, or a negative error. NONE: there is no answer to this. */
#define NONE INT_MIN
static unsigned char reply[sizeof(struct fuse_out_header) + MOST_WRITE + 4096];
static unsigned char *const body = reply + sizeof(struct fuse_out_header);

static int entry(const char *relative) {
  struct stat info;
  if (lstat(real(relative), &info) != 0) return -errno;
  struct fuse_entry_out out = {0};
  out.nodeid = id_of(relative, info.st_ino);
  out.entry_valid = entry_ms / 1000;
  out.entry_valid_nsec = entry_ms % 1000 * 1000000;
  out.attr_valid = attr_ms / 1000;
  out.attr_valid_nsec = attr_ms % 1000 * 1000000;
  attributes(&out.attr, out.nodeid, &info);
  memcpy(body, &out, sizeof out);
  return sizeof out;
}

static int attribute_answer(const struct node *node) {
  struct stat info;
  if (lstat(real(node->path), &info) != 0) return -errno;
  struct fuse_attr_out out = {0};
  out.attr_valid = attr_ms / 1000;
  out.attr_valid_nsec = attr_ms % 1000 * 1000000;
  attributes(&out.attr, node->id, &info);
  memcpy(body, &out, sizeof out);
  return sizeof out;
}

static int set_attributes(const struct node *node, const struct fuse_setattr_in *in) {
  const char *path = real(node->path);
  if ((in->valid & FATTR_SIZE) != 0 && truncate(path, (off_t)in->size) != 0) return -errno;
  if ((in->valid & FATTR_MODE) != 0 && chmod(path, in->mode & 07777) != 0) return -errno;
  if ((in->valid & (FATTR_UID | FATTR_GID)) != 0 &&
      lchown(path, (in->valid & FATTR_UID) != 0 ? in->uid : (uid_t)-1,
             (in->valid & FATTR_GID) != 0 ? in->gid : (gid_t)-1) != 0)
    return -errno;
  if ((in->valid & (FATTR_ATIME | FATTR_MTIME)) != 0) {
    struct timespec times[2] = {{(time_t)in->atime, in->atimensec}, {(time_t)in->mtime, in->mtimensec}};
    if ((in->valid & FATTR_ATIME) == 0) times[0].tv_nsec = UTIME_OMIT;
    if ((in->valid & FATTR_MTIME) == 0) times[1].tv_nsec = UTIME_OMIT;
    if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
  }
  return attribute_answer(node);
}

static int open_answer(unsigned char *at, uint64_t node) {
  /* Direct I/O: every read asks us. */
  struct fuse_open_out out = {.fh = next_handle++, .open_flags = FOPEN_DIRECT_IO};
  add_handle(out.fh, node);
  memcpy(at, &out, sizeof out);
  return sizeof out;
}

static int read_file(const struct node *node, const struct fuse_read_in *in) {
  if (!has_handle(in->fh)) return -EBADF;
  if (option("crash") != NULL) raise(SIGSEGV);
  int fd = open(real(node->path), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  size_t size = in->size > MOST_WRITE ? MOST_WRITE : in->size;
  ssize_t count = pread(fd, body, size, (off_t)in->offset);
  int answer = count < 0 ? -errno : (int)count;
  close(fd);
  return answer;
}

static int write_file(const struct node *node, const struct fuse_write_in *in) {
  if (!has_handle(in->fh)) return -EBADF;
  int fd = open(real(node->path), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  ssize_t count = pwrite(fd, in + 1, in->size, (off_t)in->offset);
  int error = errno;
  close(fd);
  if (count < 0) return -error;
  struct fuse_write_out out = {.size = (uint32_t)count};
  memcpy(body, &out, sizeof out);
  return sizeof out;
}

static int read_folder(const struct node *node, const struct fuse_read_in *in) {
  if (!has_handle(in->fh)) return -EBADF;
  /* The table moves when it grows; a path stays where it is. */
  const struct node folder = *node;
  struct dirent **names;
  int count = scandir(real(node->path), &names, NULL, alphasort);
  if (count < 0) return -errno;
  size_t used = 0, limit = in->size > MOST_WRITE ? MOST_WRITE : in->size;
  for (int n = 0; n < count; n++) {
    size_t length = strlen(names[n]->d_name);
    size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);
    if ((uint64_t)n >= in->offset && used + size <= limit) {
      struct fuse_dirent *out = (struct fuse_dirent *)(body + used);
      memset(out, 0, size);
      out->ino = names[n]->d_ino;
      if (option("ids=stable") != NULL && names[n]->d_name[0] != '.')
        id_of(child_of(&folder, names[n]->d_name), names[n]->d_ino);
      out->off = (uint64_t)n + 1;
      out->namelen = (uint32_t)length;
      out->type = names[n]->d_type;
      memcpy(out->name, names[n]->d_name, length);
      used += size;
    } else if ((uint64_t)n >= in->offset)
      limit = used; /* What does not fit comes next time, in its order. */
    free(names[n]);
  }
  free(names);
  return (int)used;
}

static int sizes(void) {
  struct fuse_statfs_out out = {0};
  out.st.blocks = 1000;
  out.st.bfree = 500;
  out.st.bavail = 500;
  out.st.files = 100;
  out.st.ffree = 50;
  out.st.bsize = 4096;
  out.st.namelen = 255;
  out.st.frsize = 4096;
  memcpy(body, &out, sizeof out);
  return sizeof out;
}

static int move(const struct node *parent, uint64_t to_id, unsigned flags, const char *names) {
  const struct node *to = node_of(to_id);
  if (to == NULL || to->path == NULL) return -ENOENT;
  if (flags != 0) return -EINVAL;
  const char *from_path = child_of(parent, names);
  const char *to_path = child_of(to, names + strlen(names) + 1);
  if (rename(real(from_path), real(to_path)) != 0) return -errno;
  rename_path(from_path, to_path);
  return 0;
}

static int create(const struct node *node, const struct fuse_create_in *in) {
  const char *relative = child_of(node, (const char *)(in + 1));
  int fd = open(real(relative), O_CREAT | O_RDWR | O_CLOEXEC | (int)(in->flags & O_EXCL),
                in->mode & 07777);
  if (fd < 0) return -errno;
  close(fd);
  int size = entry(relative);
  if (size < 0) return size;
  uint64_t id = ((struct fuse_entry_out *)body)->nodeid;
  return size + open_answer(body + size, id);
}

static int answer(const struct fuse_in_header *head) {
  const void *in = head + 1;
  const char *name = in;
  switch (head->opcode) {
    case FUSE_INIT: {
      const struct fuse_init_in *init = in;
      struct fuse_init_out out = {.major = 7, .minor = 31};
      out.max_readahead = init->max_readahead;
      out.max_background = 16;
      out.congestion_threshold = 12;
      out.max_write = MOST_WRITE;
      out.time_gran = 1;
      memcpy(body, &out, sizeof out);
      return sizeof out;
    }
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT:
      return NONE;
    case FUSE_DESTROY:
      return 0;
    case FUSE_STATFS:
      return sizes();
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
      drop_handle(((const struct fuse_release_in *)in)->fh);
      return 0;
    case FUSE_FLUSH:
      return has_handle(((const struct fuse_flush_in *)in)->fh) ? 0 : -EBADF;
    case FUSE_FSYNC:
    case FUSE_FSYNCDIR:
      return has_handle(((const struct fuse_fsync_in *)in)->fh) ? 0 : -EBADF;
  }
  const struct node *node = node_of(head->nodeid);
  if (node == NULL || node->path == NULL) return -ENOENT;
  switch (head->opcode) {
    case FUSE_LOOKUP:
      return entry(child_of(node, name));
    case FUSE_GETATTR:
      return attribute_answer(node);
    case FUSE_SETATTR:
      return set_attributes(node, in);
    case FUSE_OPEN:
    case FUSE_OPENDIR:
      return open_answer(body, node->id);
    case FUSE_READ:
      return read_file(node, in);
    case FUSE_WRITE:
      return write_file(node, in);
    case FUSE_READDIR:
      return read_folder(node, in);
    case FUSE_READLINK: {
      ssize_t size = readlink(real(node->path), (char *)body, PATH_MAX);
      return size < 0 ? -errno : (int)size;
    }
    case FUSE_CREATE:
      return create(node, in);
    case FUSE_MKNOD: {
      const struct fuse_mknod_in *mknod_in = in;
      const char *made = child_of(node, (const char *)(mknod_in + 1));
      return mknod(real(made), mknod_in->mode, mknod_in->rdev) != 0 ? -errno : entry(made);
    }
    case FUSE_MKDIR: {
      const struct fuse_mkdir_in *mkdir_in = in;
      const char *made = child_of(node, (const char *)(mkdir_in + 1));
      return mkdir(real(made), mkdir_in->mode & 07777) != 0 ? -errno : entry(made);
    }
    case FUSE_UNLINK:
    case FUSE_RMDIR: {
      const char *gone = child_of(node, name);
      int result = head->opcode == FUSE_UNLINK ? unlink(real(gone)) : rmdir(real(gone));
      if (result != 0) return -errno;
      forget_path(gone);
      return 0;
    }
    case FUSE_RENAME: {
      const struct fuse_rename_in *rename_in = in;
      return move(node, rename_in->newdir, 0, (const char *)(rename_in + 1));
    }
    case FUSE_RENAME2: {
      const struct fuse_rename2_in *rename_in = in;
      return move(node, rename_in->newdir, rename_in->flags, (const char *)(rename_in + 1));
    }
  }
  return -ENOSYS;
}

/* Reads and answers one request. 0 at the end: somebody unmounted. */
static int serve_one(int fd) {
  static unsigned char request[MOST_WRITE + 8192];
  ssize_t size = read(fd, request, sizeof request);
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ENOENT) return 1;
    if (errno == ENODEV || errno == ECONNABORTED) return 0;
    fail("cannot read a request: %s", strerror(errno));
  }
  const struct fuse_in_header *head = (struct fuse_in_header *)request;
  request[size] = 0;
  if ((always_mute || beside("mute")) && head->opcode != FUSE_INIT) return 1;
  int result = answer(head);
  if (result == NONE) return 1;
  struct fuse_out_header *out = (struct fuse_out_header *)reply;
  out->len = (uint32_t)(sizeof *out + (result > 0 ? (size_t)result : 0));
  out->error = result < 0 ? result : 0;
  out->unique = head->unique;
  /* The asker was interrupted, or the connection is gone: the next read tells. */
  if (write(fd, reply, out->len) < 0 && errno != ENOENT && errno != ENODEV && errno != ECONNABORTED)
    fail("cannot answer a request: %s", strerror(errno));
  return 1;
}

static void mount_at(int which) {
  const char *path = targets[which];
  if (mkdir(path, 0755) != 0 && errno != EEXIST) fail("mkdir %s: %s", path, strerror(errno));
  fds[which] = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (fds[which] < 0) fail("open /dev/fuse: %s", strerror(errno));
  char data[128];
  snprintf(data, sizeof data, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fds[which]);
  unsigned long flags = strstr(arguments, "--readonly") != NULL ? MS_RDONLY : 0;
  if (mount("curvinefs", path, "fuse.curvinefs", flags, data) != 0)
    fail("mount %s: %s", path, strerror(errno));
}

/* The number on the state file's next line. */
static uint64_t number_line(FILE *file, const char *what) {
  char *line = NULL, *end;
  size_t room = 0;
  if (getline(&line, &room, file) <= 0) fail("no %s in the state file", what);
  uint64_t number = strtoull(line, &end, 10);
  if (end == line || *end != '\n') fail("%s is no number in the state file", what);
  free(line);
  return number;
}

/* `{"7":"/t","9":"/u"}`, with JSON's escapes of a path. */
static void read_descriptors(const char *text) {
  const char *at = text;
  if (*at++ != '{') fail("the state file does not begin with a map");
  while (*at == '"' && mounts < MOST_MOUNTS) {
    char *end, path[PATH_MAX], *to = path;
    int fd = (int)strtol(at + 1, &end, 10);
    if (end == at + 1 || strncmp(end, "\":\"", 3) != 0) fail("a descriptor is no number");
    for (at = end + 3; *at != '"'; at++) {
      if (*at == 0 || to > path + PATH_MAX - 8) fail("a path of the state file has no end");
      if (*at != '\\') {
        *to++ = *at;
        continue;
      }
      unsigned code;
      at++;
      if (*at == 'n') *to++ = '\n';
      else if (*at == 't') *to++ = '\t';
      else if (*at == 'u' && sscanf(at + 1, "%4x", &code) == 1) *to++ = (char)code, at += 4;
      else *to++ = *at;
    }
    *to = 0;
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) fail("FUSE fd %d: %s", fd, strerror(errno));
    char link[PATH_MAX], name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(name, link, sizeof link - 1);
    link[size < 0 ? 0 : size] = 0;
    if (strcmp(link, "/dev/fuse") != 0) fail("fd %d is %s, not /dev/fuse", fd, link);
    fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    fds[mounts] = fd;
    targets[mounts++] = strdup(path);
    at++;
    if (*at == ',') at++;
  }
  if (strcmp(at, "}\n") != 0) fail("the state file's map has no end");
  if (mounts == 0) fail("no fd found in state file");
}

static void restore(const char *path) {
  FILE *file = fopen(path, "re");
  if (file == NULL) fail("cannot read the state %s: %s", path, strerror(errno));
  struct stat info;
  if (fstat(fileno(file), &info) != 0 || (info.st_mode & 077) != 0)
    fail("the state %s can be read by others", path);
  char *line = NULL;
  size_t room = 0;
  if (getline(&line, &room, file) <= 0) fail("the state file is empty");
  read_descriptors(line);
  if (getline(&line, &room, file) <= 0 || strncmp(line, MAGIC, 4) != 0) fail("invalid magic");
  if (strcmp(line, MAGIC "\n") != 0) fail("unsupported version");
  if (option("restore=refuse") != NULL) fail("unsupported version: expected 2, got 1");
  next_node = number_line(file, "next node id");
  if (next_node <= FUSE_ROOT_ID || next_node >> 63 != 0) fail("next node id out of range");
  for (uint64_t left = number_line(file, "number of nodes"); left > 0; left--) {
    uint64_t id = number_line(file, "node");
    if (getline(&line, &room, file) <= 0) fail("a node without a path");
    line[strcspn(line, "\n")] = 0;
    add_node(id, line);
  }
  for (uint64_t left = number_line(file, "number of file handles"); left > 0; left--) {
    uint64_t number = number_line(file, "handle");
    add_handle(number, number_line(file, "handle's node"));
  }
  if (number_line(file, "number of directory handles") != 0) fail("no directory handle expected");
  next_handle = number_line(file, "next file handle");
  if (getline(&line, &room, file) > 0) fail("the state file does not end");
  free(line);
  fclose(file);
  /* The root is always there. */
  if (node_of(FUSE_ROOT_ID) == NULL) add_node(FUSE_ROOT_ID, "");
}

static void json_text(FILE *file, const char *text) {
  fputc('"', file);
  for (; *text != 0; text++) {
    if (*text == '"' || *text == '\\') fputc('\\', file);
    if (*text == '\n') fputs("\\n", file);
    else fputc(*text, file);
  }
  fputc('"', file);
}

static void write_state(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
  if (file == NULL) fail("cannot write the state: %s", strerror(errno));
  for (int n = 0; n < mounts; n++) {
    fprintf(file, "%s\"%d\":", n == 0 ? "{" : ",", fds[n]);
    json_text(file, targets[n]);
  }
  size_t live = 0;
  for (size_t n = 0; n < node_count; n++) live += nodes[n].path != NULL;
  fprintf(file, "}\n" MAGIC "\n%llu\n%zu\n", (unsigned long long)next_node, live);
  for (size_t n = 0; n < node_count; n++)
    if (nodes[n].path != NULL)
      fprintf(file, "%llu\n%s\n", (unsigned long long)nodes[n].id, nodes[n].path);
  fprintf(file, "%zu\n", handle_count);
  for (size_t n = 0; n < handle_count; n++)
    fprintf(file, "%llu\n%llu\n", (unsigned long long)handles[n].number,
            (unsigned long long)handles[n].node);
  fprintf(file, "0\n%llu\n", (unsigned long long)next_handle);
  if (fclose(file) != 0) fail("cannot write the state: %s", strerror(errno));
}

/* Splits ARGUMENTS at its spaces: the stand-in's callers use no others. */
static void start_again(void) {
  char *words[64] = {(char *)self}, *copy = strdup(arguments), *rest = copy;
  int count = 1;
  for (char *word; (word = strsep(&rest, " ")) != NULL && count < 63;)
    if (*word != 0) words[count++] = word;
  if (fork() == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int n = 0; n < mounts; n++) fcntl(fds[n], F_SETFD, 0);
    execv(self, words);
    _exit(127);
  }
  free(copy);
}

static void hand_over(void) {
  if (option("reload=ignore") != NULL) return;
  if (option("reload=fail") != NULL) fail("cannot reload");
  char path[PATH_MAX * 2];
  snprintf(path, sizeof path, "%s/curvine_fuse_state_%d.data", state_dir, getpid());
  write_state(path);
  setenv("CURVINE_FUSE_STATE_PATH", path, 1);
  if (option("reload=no-successor") == NULL) {
    start_again();
    if (option("reload=twice") != NULL) start_again();
  }
  if (option("reload=late-exit") != NULL) sleep(1);
  _exit(0);
}

/* Somebody has unmounted: curvine-fuse notices after a while and unmounts its path all the same. */
static void leave(void) {
  if (option("gone=unmount") != NULL) {
    usleep(200 * 1000);
    for (int n = 0; n < mounts; n++) umount2(targets[n], 0);
  }
  _exit(0);
}

static void stop(void) {
  if (option("term=ignore") != NULL) return;
  for (int n = 0; n < mounts; n++)
    if (umount2(targets[n], 0) != 0 && option("term=busy") == NULL)
      umount2(targets[n], MNT_DETACH);
  _exit(0);
}

int main(int count, char **words) {
  if (count != 6) fail("wanted SELF CONF TARGET OPTIONS ARGUMENTS, got %d words", count - 1);
  self = words[1], conf_path = words[2], target = words[3], options = words[4];
  arguments = words[5];
  options += *options == ',';
  snprintf(here, sizeof here, "%s", words[0]);
  *strrchr(here, '/') = 0;
  char link[PATH_MAX + 16];
  snprintf(link, sizeof link, "%s/source", here);
  if (realpath(link, source) == NULL) fail("no source beside %s", words[0]);
  read_conf();

  /* curvine-fuse installs its handlers only after the mount. */
  const char *state = getenv("CURVINE_FUSE_STATE_PATH");
  if (state != NULL && *state != 0) {
    restore(state);
    if (option("restore=die") != NULL) raise(SIGKILL);
    always_mute = option("restore=mute") != NULL;
  } else {
    for (mounts = 0; mounts < mount_number; mounts++) {
      if (mount_number == 1) targets[0] = strdup(target);
      else if (asprintf(&targets[mounts], "%s/mnt-%d", target, mounts) < 0) abort();
      mount_at(mounts);
    }
    add_node(FUSE_ROOT_ID, "");
  }
  const char *wait_for = option("restore=wait:");
  if (state != NULL && wait_for != NULL) {
    char name[256];
    snprintf(name, sizeof name, "%s", wait_for);
    while (!beside(name)) usleep(2000);
  }
  always_mute |= option("mute") != NULL;
  if (option("large") != NULL) {
    size_t size = 64 << 20;
    char *memory = malloc(size);
    if (memory == NULL) fail("no memory");
    /* Only pages that are written are had; a volatile pointer keeps the writes. */
    for (volatile char *page = memory; page < memory + size; page += 4096) *page = 1;
  }
  sigset_t signals;
  sigemptyset(&signals);
  int heard[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1};
  for (size_t n = 0; n < sizeof heard / sizeof *heard; n++) sigaddset(&signals, heard[n]);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  int told = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  printf("serving %s as %d%s\n", targets[0], getpid(), state != NULL ? " (restored)" : "");
  fflush(stdout);

  struct pollfd watched[MOST_MOUNTS + 1] = {{.fd = told, .events = POLLIN}};
  for (int n = 0; n < mounts; n++) {
    fcntl(fds[n], F_SETFL, fcntl(fds[n], F_GETFL) | O_NONBLOCK);
    watched[n + 1] = (struct pollfd){.fd = fds[n], .events = POLLIN};
  }
  for (;;) {
    if (poll(watched, (nfds_t)mounts + 1, -1) < 0) continue;
    struct signalfd_siginfo info;
    if (watched[0].revents != 0 && read(told, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGUSR1) hand_over();
      else stop();
    }
    for (int n = 0; n < mounts; n++) {
      if (watched[n + 1].revents == 0) continue;
      if ((watched[n + 1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0 || !serve_one(fds[n]))
        leave();
    }
  }
}

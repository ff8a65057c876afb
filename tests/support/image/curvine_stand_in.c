/*
 * Stands in for Curvine's three programs inside the image that CI builds: one source, told apart by
 * the name it is called with. It is no shell script, as the image has nothing to run one with.
 *
 *   curvine-fuse [mount] --conf FILE    mounts [fuse] mnt_path with the real bindfs, which is
 *                                       embedded and becomes this very process
 *   curvine-server --service S --conf FILE   listens on S's rpc_port until TERM or INT
 *   curvine-cli [--conf FILE] mount | mount UFS PATH | umount PATH | report fluid-summary |
 *                             load SRC --watch      keeps its mount table in a file
 *
 * Output and exit codes follow what is known of the real ones as far as curvine-fluid reads them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef WITH_BINDFS
extern const char bindfs_start[] asm("_binary_bindfs_start");
extern const char bindfs_end[] asm("_binary_bindfs_end");
#endif

static const char *table_path(void) {
  const char *path = getenv("STAND_IN_TABLE");
  return path ? path : "/tmp/stand-in-mount-table";
}

static void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "Error: ");
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

/* The value of KEY in [SECTION] of a TOML file as curvine-fluid writes it; NULL when absent. */
static char *configured(const char *file, const char *section, const char *key) {
  FILE *in = fopen(file, "r");
  if (!in) die("cannot read %s: %s", file, strerror(errno));
  static char line[65536];
  char here[256] = "";
  char *value = NULL;
  while (!value && fgets(line, sizeof line, in)) {
    char *start = line + strspn(line, " \t");
    if (*start == '[' && start[1] != '[') {
      snprintf(here, sizeof here, "%.*s", (int)strcspn(start + 1, "]"), start + 1);
    } else if (strcmp(here, section) == 0 && strncmp(start, key, strlen(key)) == 0) {
      char *rest = start + strlen(key);
      rest += strspn(rest, " \t");
      if (*rest++ != '=') continue;
      rest += strspn(rest, " \t");
      if (*rest == '"') {
        rest++;
        rest[strcspn(rest, "\"")] = 0;
      } else {
        rest[strcspn(rest, " \t\r\n#")] = 0;
      }
      value = strdup(rest);
    }
  }
  fclose(in);
  return value;
}

/* The value after --NAME or in --NAME=value; NULL when absent. */
static const char *flag(int argc, char **argv, const char *name) {
  size_t length = strlen(name);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], name) == 0 && i + 1 < argc) return argv[i + 1];
    if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
  }
  return NULL;
}

/* --- curvine-fuse ------------------------------------------------------------------------------ */

#ifdef WITH_BINDFS
/* As the real one does, to find out what the kernel can. */
static void print_kernel(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    execlp("uname", "uname", "-r", (char *)NULL);
    _exit(127);
  }
  int status = -1;
  waitpid(child, &status, 0);
  fprintf(stderr, "stand-in: uname ended with %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static int fuse(int argc, char **argv) {
  const char *conf = flag(argc, argv, "--conf");
  if (!conf) conf = flag(argc, argv, "-c");
  if (!conf) die("no --conf");
  char *target = configured(conf, "fuse", "mnt_path");
  if (flag(argc, argv, "--mnt-path")) target = strdup(flag(argc, argv, "--mnt-path"));
  if (!target) die("no fuse.mnt_path in %s", conf);
  if (argc > 1 && strcmp(argv[1], "validate-config") == 0) {
    printf("Loaded configuration from %s\n", conf);
    return 0;
  }
  print_kernel();
  const char *source = getenv("STAND_IN_SOURCE");
  if (!source) source = "/tmp/stand-in-source";
  mkdir(source, 0777);
  if (mkdir(target, 0755) != 0 && errno != EEXIST) die("Cannot create %s: %s", target, strerror(errno));
  char *readonly = configured(conf, "fuse", "readonly");
  const char *options = readonly && strcmp(readonly, "true") == 0
                            ? "fsname=curvinefs,subtype=curvinefs,ro"
                            : "fsname=curvinefs,subtype=curvinefs";
  int program = memfd_create("bindfs", MFD_CLOEXEC);
  size_t left = (size_t)(bindfs_end - bindfs_start);
  const char *bytes = bindfs_start;
  while (left > 0) {
    ssize_t written = write(program, bytes, left);
    if (written < 0) die("cannot unpack bindfs: %s", strerror(errno));
    bytes += written;
    left -= (size_t)written;
  }
  char *command[] = {"bindfs", "-f", "-o", (char *)options, (char *)source, target, NULL};
  fexecve(program, command, environ);
  die("cannot start bindfs: %s", strerror(errno));
  return 1;
}
#endif

/* --- curvine-server ---------------------------------------------------------------------------- */

static volatile sig_atomic_t stopping;
static void stop(int signal) { stopping = signal; }

static int serve(int argc, char **argv) {
  const char *service = flag(argc, argv, "--service");
  const char *conf = flag(argc, argv, "--conf");
  if (!service || !conf) return 2;
  if (access("webui", X_OK) != 0) fprintf(stderr, "stand-in: no webui in the working directory\n");
  char *port = configured(conf, service, "rpc_port");
  int number = port ? atoi(port) : strcmp(service, "master") == 0 ? 8995 : 8997;
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0)
    die("cannot listen on %d: %s", number, strerror(errno));
  printf("%s %s success, pid %d, rpc port %d\n", service,
         strcmp(service, "worker") == 0 ? "register" : "start", getpid(), number);
  fflush(stdout);
  while (!stopping) {
    int client = accept(listener, NULL, NULL);
    if (client >= 0) close(client);
  }
  printf("%s stopped by signal %d\n", service, (int)stopping);
  return 0;
}

/* --- curvine-cli ------------------------------------------------------------------------------- */

struct mounted {
  char path[1024], ufs[1024];
};
static struct mounted mounts[64];
static int count;

static void read_table(void) {
  FILE *in = fopen(table_path(), "r");
  if (!in) return;
  while (count < 64 && fscanf(in, "%1023s %1023s", mounts[count].path, mounts[count].ufs) == 2) count++;
  fclose(in);
}

static void write_table(void) {
  FILE *out = fopen(table_path(), "w");
  if (!out) die("cannot write %s: %s", table_path(), strerror(errno));
  for (int i = 0; i < count; i++) fprintf(out, "%s %s\n", mounts[i].path, mounts[i].ufs);
  fclose(out);
}

static int find(const char *path) {
  for (int i = 0; i < count; i++)
    if (strcmp(mounts[i].path, path) == 0) return i;
  return -1;
}

static void print_table(void) {
  if (count == 0) {
    printf("Mount Table: (empty)\n");
    return;
  }
  const char *line = "+---------+--------------+------------------+------------+-----\n";
  printf("Mount Table:\n%s", line);
  printf("| ID | Curvine Path | UFS Path | Write Type | Read Verify UFS | Auto Cache | Access Mode | "
         "Write Cache | Storage | TTL Action | Provider |\n%s", line);
  for (int i = 0; i < count; i++)
    printf("| %d | %s | %s | fs_mode | no | yes | read_write | no | - | free | auto |\n", 1000 + i,
           mounts[i].path, mounts[i].ufs);
  printf("%sTotal mount points: %d\n", line, count);
}

/* Words that are neither flags nor the values of flags that take one. */
static int operands(int argc, char **argv, char **into, int room) {
  static const char *with_value[] = {"--conf", "--master-addrs", "-c", "--check-path-consist", "--ttl-ms",
                                     "--write-type", "--provider", "--auto-cache", "--access-mode",
                                     "--ttl-action", "--storage-type", "--replicas"};
  int found = 0;
  for (int i = 1; i < argc && found < room; i++) {
    if (argv[i][0] != '-') {
      into[found++] = argv[i];
      continue;
    }
    if (strchr(argv[i], '=')) continue;
    for (size_t j = 0; j < sizeof with_value / sizeof *with_value; j++)
      if (strcmp(argv[i], with_value[j]) == 0) i++;
  }
  return found;
}

static int cli(int argc, char **argv) {
  char *word[4] = {0};
  int words = operands(argc, argv, word, 4);
  if (words == 0) return 2;
  read_table();
  if (strcmp(word[0], "mount") == 0) {
    if (words == 1) {
      print_table();
      return 0;
    }
    if (words < 3 || strcmp(word[2], "/") == 0) die("mount path cannot be root");
    int at = find(word[2]);
    if (at < 0) at = count++;
    snprintf(mounts[at].path, sizeof mounts[at].path, "%s", word[2]);
    snprintf(mounts[at].ufs, sizeof mounts[at].ufs, "%s", word[1]);
    write_table();
    printf("✅️ mount success.\n");
    return 0;
  }
  if (strcmp(word[0], "umount") == 0 && words > 1) {
    int at = find(word[1]);
    if (at < 0) die("mount point %s does not exist", word[1]);
    mounts[at] = mounts[--count];
    write_table();
    printf("✅️ unmount success.\n");
    return 0;
  }
  if (strcmp(word[0], "report") == 0) {
    printf("{\"cached\":\"1.50GiB\",\"cachedPercentage\":\"0\",\"cacheCapacity\":\"10.00GiB\","
           "\"cacheHitRatio\":\"0\",\"fileNum\":\"12\",\"ufsTotal\":\"0\"}\n");
    return 0;
  }
  if (strcmp(word[0], "load") == 0 && words > 1) {
    printf("✅ Load job submitted successfully\n│ 🔑 Job ID: job-1\n│ 🚦 Status: 🟢 Completed\n"
           "│ 📊 Progress: 100.0%%\n");
    return 0;
  }
  return 2;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
#ifdef WITH_BINDFS
  if (strcmp(name, "curvine-fuse") == 0) return fuse(argc, argv);
#endif
  if (strcmp(name, "curvine-server") == 0) return serve(argc, argv);
  return cli(argc, argv);
}

/* A disk that fails on demand, for one process: preloaded, it counts every step by which the process changes what lies
 * below a folder, in whatever library, and at the chosen one kills the process or lets the step fail.
 *
 *   FAULT_ROOT  the folder; nothing else is touched
 *   FAULT_LOG   where each step is written down: number, name, path, where a write begins, its length, a former name
 *   FAULT_AT    the step, from 1; 0 only counts
 *   FAULT_DO    kill: before the step; tear: after half of a write; once: it fails; stay: it and all later ones fail
 *   FAULT_ERRNO the error of a step that fails
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long steps;
static long at;
static int error_number, does_tear, does_stay, does_kill, log_file = -1;
static const char *root;

__attribute__((constructor)) static void read_orders(void) {
    const char *deed = getenv("FAULT_DO"), *number = getenv("FAULT_AT"), *error = getenv("FAULT_ERRNO");
    root = getenv("FAULT_ROOT");
    at = number ? atol(number) : 0;
    error_number = error ? atoi(error) : EIO;
    does_tear = deed && !strcmp(deed, "tear");
    does_kill = does_tear || (deed && !strcmp(deed, "kill"));
    does_stay = deed && !strcmp(deed, "stay");
    const char *log = getenv("FAULT_LOG");
    if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_ours(const char *path) {
    size_t n = root ? strlen(root) : 0, length = path ? strlen(path) : 0;
    if (!n || length < n || strncmp(path, root, n) || (path[n] && path[n] != '/')) return 0;
    return length < 4 || strcmp(path + length - 4, "-shm"); /* SQLite's shared memory is no part of what is kept */
}

static const char *below(const char *path) {
    size_t n = strlen(root);
    return is_ours(path) && path[n] ? path + n + 1 : ".";
}

/* Whether this step fails; it never returns when the process is to die before it. */
static int fails(const char *name, const char *path, long where, size_t n_bytes, const char *former) {
    if (!is_ours(path)) return 0;
    int kept = errno;
    long n = atomic_fetch_add(&steps, 1) + 1;
    char line[2 * PATH_MAX + 80];
    int length = snprintf(line, sizeof line, "%ld\t%s\t%s\t%ld\t%zu\t%s\n", n, name, below(path), where, n_bytes,
                          former ? below(former) : "");
    if (log_file >= 0) syscall(SYS_write, log_file, line, (size_t)length);
    errno = kept;
    if (!at || n < at || (n > at && !does_stay)) return 0;
    if (does_kill && !(does_tear && strstr(name, "write"))) kill(getpid(), SIGKILL);
    if (!does_kill) errno = error_number;
    return 1;
}

static int fails_for(const char *name, int file, long where, size_t n_bytes) {
    char link[32], path[PATH_MAX];
    if (!root) return 0;
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (n <= 0) return 0;
    path[n] = 0;
    return fails(name, path, where, n_bytes, NULL);
}

static const char *whole(int folder, const char *path, char *room) {
    char link[32], base[PATH_MAX];
    if (path[0] == '/') return path;
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, base, sizeof base - 1);
    if (n <= 0) return "";
    base[n] = 0;
    snprintf(room, 2 * PATH_MAX, "%s/%s", base, path);
    return room;
}

static int is_there(const char *path) {
    struct stat status;
    int kept = errno, found = path && !stat(path, &status);
    errno = kept;
    return found;
}

/* Opening what is there changes nothing, unless it is emptied. */
static int creates(const char *path, int empties) {
    int was_there = is_there(path);
    return (!was_there || empties) && fails(was_there ? "truncate" : "create", path, 0, 0, NULL);
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)
#define DIES() kill(getpid(), SIGKILL)

/* Where the next write goes. */
static long place(int file) {
    int kept = errno, flags = fcntl(file, F_GETFL);
    struct stat status;
    int appends = flags >= 0 && (flags & O_APPEND) && !fstat(file, &status);
    long where = appends ? (long)status.st_size : (long)lseek(file, 0, SEEK_CUR);
    errno = kept;
    return where;
}

ssize_t write(int file, const void *bytes, size_t n) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fails_for("write", file, place(file), n)) {
        if (!does_tear) return -1;
        real(file, bytes, n / 2);
        DIES();
    }
    return real(file, bytes, n);
}

#define PWRITE(name, offset) \
    ssize_t name(int file, const void *bytes, size_t n, offset where) { \
        REAL(ssize_t, name, int, const void *, size_t, offset); \
        if (fails_for("write", file, (long)where, n)) { \
            if (!does_tear) return -1; \
            real(file, bytes, n / 2, where); \
            DIES(); \
        } \
        return real(file, bytes, n, where); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *pieces, int n) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    size_t n_bytes = 0;
    for (int i = 0; i < n; i++) n_bytes += pieces[i].iov_len;
    if (fails_for("write", file, place(file), n_bytes)) {
        if (!does_tear) return -1;
        real(file, pieces, n / 2);
        DIES();
    }
    return real(file, pieces, n);
}

size_t fwrite(const void *bytes, size_t size, size_t n, FILE *file) {
    REAL(size_t, fwrite, const void *, size_t, size_t, FILE *);
    if (fails_for("write", fileno(file), ftell(file), size * n)) {
        if (!does_tear) return 0;
        real(bytes, size, n / 2, file);
        fflush(file);
        DIES();
    }
    return real(bytes, size, n, file);
}

#define ON_FILE(name, said) \
    int name(int file) { \
        REAL(int, name, int); \
        return fails_for(said, file, 0, 0) ? -1 : real(file); \
    }
ON_FILE(fsync, "sync")
ON_FILE(fdatasync, "sync")

#define CUT(name, offset) \
    int name(int file, offset n) { \
        REAL(int, name, int, offset); \
        return fails_for("truncate", file, (long)n, 0) ? -1 : real(file, n); \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

#define ON_PATH(name) \
    int name(const char *path) { \
        REAL(int, name, const char *); \
        char room[2 * PATH_MAX]; \
        return fails(#name, whole(AT_FDCWD, path, room), 0, 0, NULL) ? -1 : real(path); \
    }
ON_PATH(unlink)
ON_PATH(rmdir)

int unlinkat(int folder, const char *path, int flags) {
    REAL(int, unlinkat, int, const char *, int);
    char room[2 * PATH_MAX];
    return fails("unlink", whole(folder, path, room), 0, 0, NULL) ? -1 : real(folder, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, mkdir, const char *, mode_t);
    char room[2 * PATH_MAX];
    return !is_there(path) && fails("mkdir", whole(AT_FDCWD, path, room), 0, 0, NULL) ? -1 : real(path, mode);
}

#define TWO_PATHS(name) \
    int name(const char *from, const char *to) { \
        REAL(int, name, const char *, const char *); \
        char room[2 * PATH_MAX], other[2 * PATH_MAX]; \
        const char *former = whole(AT_FDCWD, from, other); \
        return fails(#name, whole(AT_FDCWD, to, room), 0, 0, former) ? -1 : real(from, to); \
    }
TWO_PATHS(rename)
TWO_PATHS(link)

int renameat(int in, const char *from, int out, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    char room[2 * PATH_MAX], other[2 * PATH_MAX];
    return fails("rename", whole(out, to, room), 0, 0, whole(in, from, other)) ? -1 : real(in, from, out, to);
}

int renameat2(int in, const char *from, int out, const char *to, unsigned int flags) {
    REAL(int, renameat2, int, const char *, int, const char *, unsigned int);
    char room[2 * PATH_MAX], other[2 * PATH_MAX];
    return fails("rename", whole(out, to, room), 0, 0, whole(in, from, other)) ? -1 : real(in, from, out, to, flags);
}

int linkat(int in, const char *from, int out, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    char room[2 * PATH_MAX], other[2 * PATH_MAX];
    return fails("link", whole(out, to, room), 0, 0, whole(in, from, other)) ? -1 : real(in, from, out, to, flags);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        char room[2 * PATH_MAX]; \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
            if (creates(whole(AT_FDCWD, path, room), flags & O_TRUNC)) return -1; \
        } \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(int, name, int, const char *, int, ...); \
        char room[2 * PATH_MAX]; \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
            if (creates(whole(folder, path, room), flags & O_TRUNC)) return -1; \
        } \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) { \
        REAL(FILE *, name, const char *, const char *); \
        char room[2 * PATH_MAX]; \
        if (*mode != 'r' && creates(whole(AT_FDCWD, path, room), *mode == 'w')) return NULL; \
        return real(path, mode); \
    }
FOPEN(fopen)
FOPEN(fopen64)

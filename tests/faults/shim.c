/* Stands between a station and its disk (LD_PRELOAD): writes down every change below a folder, and fails the n-th.

   SHIM_ROOT names the folder. shim_record(path) begins a record; shim_fail(kind, first, count, error) makes the calls
   first .. first + count - 1 of a kind (1 writes and changes of names, 2 fsync) fail from now on; shim_count(kind) says
   how many there were. A record is: type, lengths of two paths and of the data, offset; then the paths and the data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };
struct head { uint8_t type; uint8_t zero; uint16_t first; uint16_t second; uint16_t pad; uint32_t data; uint64_t offset; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_handle = -1;
static long seen[3], first_fault[3], fault_count[3];
static int fault_error[3];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void shim_record(const char *path) {
    int (*real)(const char *, int, ...) = (void *)dlsym(RTLD_NEXT, "open");
    log_handle = path ? real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}
void shim_fail(int kind, long first, long count, int error) {
    pthread_mutex_lock(&lock);
    seen[kind] = 0; first_fault[kind] = first; fault_count[kind] = count; fault_error[kind] = error;
    pthread_mutex_unlock(&lock);
}
long shim_count(int kind) { return seen[kind]; }

static int is_ours(const char *path) {
    const char *root = getenv("SHIM_ROOT");
    size_t length = root ? strlen(root) : 0;
    if (!length || strncmp(path, root, length) || path[length] != '/') return 0;
    const char *rest = path + length + 1;
    size_t end = strlen(rest);
    if (!strncmp(rest, "log/", 4) || !strncmp(rest, "answer.json", 11)) return 0;
    return end < 4 || strcmp(rest + end - 4, "-shm");
}
static int path_of(int handle, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_ours(path);
}
static int whole(int folder, const char *path, char *out, size_t size) {
    if (path[0] == '/') { snprintf(out, size, "%s", path); return is_ours(out); }
    char base[4096];
    if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; }
    else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length <= 0) return 0;
        base[length] = 0;
    }
    if (snprintf(out, size, "%s/%s", base, path) >= (int)size) return 0;
    return is_ours(out);
}
static int fails(int kind) {
    long now = ++seen[kind];
    if (fault_count[kind] && now >= first_fault[kind] && now < first_fault[kind] + fault_count[kind]) {
        errno = fault_error[kind];
        return 1;
    }
    return 0;
}
static void put(uint8_t type, const char *first, const char *second, const void *data, uint32_t size, uint64_t offset) {
    if (log_handle < 0) return;
    struct head head = {type, 0, strlen(first), second ? strlen(second) : 0, 0, size, offset};
    struct iovec parts[4] = {{&head, sizeof head}, {(void *)first, head.first}, {(void *)second, head.second},
                             {(void *)data, size}};
    if (!second) parts[2].iov_len = 0;
    int kept = errno;
    ssize_t (*real)(int, const struct iovec *, int) = (void *)dlsym(RTLD_NEXT, "writev");
    if (real(log_handle, parts, 4) < 0) abort();
    errno = kept;
}

ssize_t write(int handle, const void *data, size_t size) {
    char path[4096];
    if (!path_of(handle, path, sizeof path)) return REAL(write)(handle, data, size);
    pthread_mutex_lock(&lock);
    ssize_t done = -1;
    if (!fails(WRITES)) {
        off_t at = lseek(handle, 0, fcntl(handle, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
        done = REAL(write)(handle, data, size);
        if (done > 0) put('w', path, NULL, data, done, at);
    }
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t pwrite64(int handle, const void *data, size_t size, off64_t at) {
    char path[4096];
    if (!path_of(handle, path, sizeof path)) return REAL(pwrite64)(handle, data, size, at);
    pthread_mutex_lock(&lock);
    ssize_t done = fails(WRITES) ? -1 : REAL(pwrite64)(handle, data, size, at);
    if (done > 0) put('w', path, NULL, data, done, at);
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t pwrite(int handle, const void *data, size_t size, off_t at) { return pwrite64(handle, data, size, at); }
ssize_t writev(int handle, const struct iovec *parts, int count) {
    char path[4096];
    if (!path_of(handle, path, sizeof path)) return REAL(writev)(handle, parts, count);
    ssize_t total = 0;
    for (int n = 0; n < count; n++) {
        ssize_t done = write(handle, parts[n].iov_base, parts[n].iov_len);
        if (done < 0) return total ? total : -1;
        total += done;
        if ((size_t)done < parts[n].iov_len) break;
    }
    return total;
}
int ftruncate64(int handle, off64_t size) {
    char path[4096];
    if (!path_of(handle, path, sizeof path)) return REAL(ftruncate64)(handle, size);
    pthread_mutex_lock(&lock);
    int done = fails(WRITES) ? -1 : REAL(ftruncate64)(handle, size);
    if (!done) put('t', path, NULL, NULL, 0, size);
    pthread_mutex_unlock(&lock);
    return done;
}
int ftruncate(int handle, off_t size) { return ftruncate64(handle, size); }
static int synced(int handle, int (*real)(int)) {
    char path[4096];
    if (!path_of(handle, path, sizeof path)) {
        const char *root = getenv("SHIM_ROOT");
        if (!root || strcmp(path, root)) return real(handle);
    }
    pthread_mutex_lock(&lock);
    int done = fails(SYNCS) ? -1 : real(handle);
    if (!done) put('s', path, NULL, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int fsync(int handle) { return synced(handle, REAL(fsync)); }
int fdatasync(int handle) { return synced(handle, REAL(fdatasync)); }

static int opened(int folder, const char *path, int flags, mode_t mode) {
    int (*real)(int, const char *, int, ...) = (void *)dlsym(RTLD_NEXT, "openat64");
    char full[4096];
    if (!(flags & (O_CREAT | O_TRUNC)) || !whole(folder, path, full, sizeof full)) return real(folder, path, flags, mode);
    struct stat status;
    pthread_mutex_lock(&lock);
    int is_new = stat(full, &status);
    int handle = (is_new || (flags & O_TRUNC)) && fails(WRITES) ? -1 : real(folder, path, flags, mode);
    if (handle >= 0 && is_new) put('c', full, NULL, NULL, 0, 0);
    if (handle >= 0 && !is_new && (flags & O_TRUNC)) put('t', full, NULL, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return handle;
}
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE return opened(folder, path, flags | O_LARGEFILE, mode); }

static int moved(uint8_t type, int from_folder, const char *from, int to_folder, const char *to, int is_done_by) {
    char one[4096], two[4096];
    int (*rename_it)(int, const char *, int, const char *) = (void *)dlsym(RTLD_NEXT, "renameat");
    int (*link_it)(int, const char *, int, const char *, int) = (void *)dlsym(RTLD_NEXT, "linkat");
    int is = whole(from_folder, from, one, sizeof one) && whole(to_folder, to, two, sizeof two);
    pthread_mutex_lock(&lock);
    int done = -1;
    if (!is || !fails(WRITES))
        done = type == 'r' ? rename_it(from_folder, from, to_folder, to)
                           : link_it(from_folder, from, to_folder, to, is_done_by);
    if (is && !done) put(type, one, two, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int rename(const char *from, const char *to) { return moved('r', AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int a, const char *from, int b, const char *to) { return moved('r', a, from, b, to, 0); }
int link(const char *from, const char *to) { return moved('l', AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) { return moved('l', a, from, b, to, flags); }
static int removed(int folder, const char *path, int flags) {
    char full[4096];
    int (*real)(int, const char *, int) = (void *)dlsym(RTLD_NEXT, "unlinkat");
    int is = whole(folder, path, full, sizeof full);
    pthread_mutex_lock(&lock);
    int done = real(folder, path, flags);  /* a full disk lets go */
    if (is && !done) put('u', full, NULL, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char *path, int flags) { return removed(folder, path, flags); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }
static int made(int folder, const char *path, mode_t mode) {
    char full[4096];
    int (*real)(int, const char *, mode_t) = (void *)dlsym(RTLD_NEXT, "mkdirat");
    int is = whole(folder, path, full, sizeof full);
    pthread_mutex_lock(&lock);
    int done = is && fails(WRITES) ? -1 : real(folder, path, mode);
    if (is && !done) put('d', full, NULL, NULL, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { return made(folder, path, mode); }

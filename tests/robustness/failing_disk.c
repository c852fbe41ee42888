/* Preloaded, makes writing to some files fail as a broken or a full disk does.
 *
 *   FAIL_UNDER=DIR     calls on files under DIR count, and no others
 *   FAIL_ERRNO=N       the error (5: EIO, 28: ENOSPC)
 *   FAIL_AFTER=N       the first N calls succeed, and all further ones fail
 *   FAIL_SWITCH=FILE   instead: they fail while FILE is there
 *   FAIL_COUNT=FILE    at the end, how many calls there were is written to FILE
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static int fails(int fd)
{
    const char *under = getenv("FAIL_UNDER"), *after = getenv("FAIL_AFTER"), *file = getenv("FAIL_SWITCH");
    char link[64], path[PATH_MAX];
    if (under == NULL)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, under, strlen(under)) != 0)
        return 0;
    long number = atomic_fetch_add(&calls, 1);
    int failing = file != NULL ? access(file, F_OK) == 0 : after != NULL && number >= atol(after);
    if (failing)
        errno = getenv("FAIL_ERRNO") != NULL ? atoi(getenv("FAIL_ERRNO")) : EIO;
    return failing;
}

__attribute__((destructor)) static void tell(void)
{
    const char *name = getenv("FAIL_COUNT");
    FILE *file = name != NULL ? fopen(name, "w") : NULL;
    if (file != NULL) {
        fprintf(file, "%ld\n", atomic_load(&calls));
        fclose(file);
    }
}

#define REAL(type, name, ...)                                          \
    static type (*real)(__VA_ARGS__);                                  \
    if (real == NULL)                                                  \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define WRITING(type, name, parameters, arguments, ...)                \
    type name parameters                                               \
    {                                                                  \
        REAL(type, #name, __VA_ARGS__);                                \
        return fails(fd) ? -1 : real arguments;                        \
    }

WRITING(ssize_t, write, (int fd, const void *data, size_t n), (fd, data, n), int, const void *, size_t)
WRITING(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), int, const struct iovec *, int)
WRITING(ssize_t, pwrite, (int fd, const void *data, size_t n, off_t at), (fd, data, n, at), int, const void *, size_t, off_t)
WRITING(ssize_t, pwrite64, (int fd, const void *data, size_t n, off64_t at), (fd, data, n, at), int, const void *, size_t, off64_t)
WRITING(ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at), int, const struct iovec *, int, off_t)
WRITING(ssize_t, pwritev64, (int fd, const struct iovec *v, int n, off64_t at), (fd, v, n, at), int, const struct iovec *, int, off64_t)
WRITING(int, fsync, (int fd), (fd), int)
WRITING(int, fdatasync, (int fd), (fd), int)
WRITING(int, ftruncate, (int fd, off_t n), (fd, n), int, off_t)
WRITING(int, ftruncate64, (int fd, off64_t n), (fd, n), int, off64_t)

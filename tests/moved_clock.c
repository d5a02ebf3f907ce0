/* A clock a test can move: preloaded into a server or a command (LD_PRELOAD), it adds the seconds
 * written in the file JIXIA_TEST_CLOCK to the wall clock, and to nothing else: monotonic and
 * processor clocks run on, so waits and durations are real. No part of the program. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Read at each call: the test rewrites the file while the server runs. */
static long moved_seconds(void) {
    const char *path = getenv("JIXIA_TEST_CLOCK");
    char text[32];
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t n = read(file, text, sizeof text - 1);
    close(file);
    if (n <= 0) return 0;
    text[n] = 0;
    return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t id, struct timespec *out) {
    int status = (int)syscall(SYS_clock_gettime, id, out);
    if (status == 0 && id == CLOCK_REALTIME) out->tv_sec += moved_seconds();
    return status;
}

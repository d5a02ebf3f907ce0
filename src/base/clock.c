/* Clocks. See clock.h. */
#include "base/clock.h"

static int64_t read_us(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_ms(void) {
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_us(void) {
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void) {
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

struct timespec clock_after(int wait_ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += wait_ms / 1000;
    t.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

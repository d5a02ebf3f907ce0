/* The clocks of the machine. Only boundaries (command, request, job) read them; everything inside
 * takes `now` as an argument. */
#ifndef JIXIA_BASE_CLOCK_H
#define JIXIA_BASE_CLOCK_H
#include <stdint.h>
#include <time.h>

int64_t clock_now_ms(void);  /* UTC milliseconds since 1970 */
int64_t clock_mono_us(void); /* microseconds that never go back, for durations */
int64_t clock_cpu_us(void);  /* microseconds this thread has computed, for benchmarks */
/* The instant of CLOCK_MONOTONIC wait_ms milliseconds from now, for waits with an end
 * (pthread_cond_clockwait): setting the wall clock neither cuts nor stretches a wait. */
struct timespec clock_after(int wait_ms);
#endif

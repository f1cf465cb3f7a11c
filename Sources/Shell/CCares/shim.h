#include <ares.h>
// Wakes the thread that waits for c-ares; Swift's own module of the C library leaves it out.
#include <sys/eventfd.h>

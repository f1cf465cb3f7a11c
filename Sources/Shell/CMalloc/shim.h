// Swift's own module of the C library leaves it out.
#include <malloc.h>

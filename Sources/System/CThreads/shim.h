#pragma once
#include <sys/prctl.h>

// Cut after 15 bytes by the system.
static inline void name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

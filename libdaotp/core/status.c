/* SPDX-License-Identifier: BSD-2-Clause */
#include <daotp/status.h>
#include <daotp/version.h>

const char *daotp_status_name(daotp_status status)
{
    static const char *const names[] = {
        "ok",   "again",   "challenge", "usage",     "configuration", "out of memory", "network",
        "peer", "timeout", "rejected",  "undecided", "cancelled",     "internal"};

    return (unsigned)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}

const char *daotp_version(void)
{
    return DAOTP_VERSION_TEXT;
}

uint32_t daotp_version_number(void)
{
    return DAOTP_VERSION_NUMBER;
}

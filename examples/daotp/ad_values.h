/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of Active Directory that have a form of their own. */
#ifndef AD_VALUES_H
#define AD_VALUES_H

#include <stdbool.h>
#include <stddef.h>

enum { AD_MAX_LINE = 1024 };

typedef struct ces_url {
    long priority, authentication; /* MS-XCEP: 2 Kerberos, 4 name and password, 8 certificate */
    char url[AD_MAX_LINE];
} ces_url;

/* One value of msPKI-Enrollment-Servers: "1\n4\n0\nhttps://...": priority, authentication,
 * whether it is for renewals alone, URL (certutil -enrollmentServerURL). False for what is none,
 * for one that only renews, and for a URL that is not https. */
bool ad_read_ces_url(const char *value, size_t len, ces_url *url);

/* Does a list of object identifiers, in either of the two forms of MS-CRTD 2.23, hold this one? */
bool ad_holds_oid(const char *text, const char *oid);
/* A SID (MS-DTYP 2.4.2.2) as text, "S-1-5-21-...". False for what is none. */
bool ad_sid_text(const char *octets, size_t len, char *text, size_t room);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what with a certificate template, by its security descriptor (MS-DTYP 2.4.6): bytes
 * in, a bounded list out. */
#ifndef AD_DESCRIPTOR_H
#define AD_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>

enum { AD_MAX_SID = 192, AD_MAX_TRUSTEES = 256 };

/* Rights to a template, as a set (MS-CRTD 2.30, MS-ADTS 5.1.3.2). */
enum {
    AD_MAY_ENROLL = 1,     /* Certificate-Enrollment, or all extended rights */
    AD_MAY_AUTOENROLL = 2, /* Certificate-AutoEnrollment, or all extended rights */
    AD_MAY_CHANGE = 4      /* properties, permissions or owner: and so become one who may enrol */
};

typedef struct ad_trustee {
    char sid[AD_MAX_SID];
    unsigned allowed, denied; /* no right is in both */
} ad_trustee;

typedef struct ad_access {
    char owner[AD_MAX_SID]; /* who may change the permissions; empty: not known */
    bool is_open;           /* there is no list of permissions: everybody may do everything */
    ad_trustee list[AD_MAX_TRUSTEES + 1]; /* the last one: for ad_add_owner() */
    size_t count;
} ad_access;

/* What is malformed is refused as a whole: *why says what, as a literal. Entries that only children
 * of the object inherit are left out. */
bool ad_read_access(const char *octets, size_t len, ad_access *access, const char **why);
/* The rights that are allowed to this SID, and not denied to it. Groups are not looked into. */
unsigned ad_rights_of(const ad_trustee *trustee);
/* The owner may change the permissions, listed or not (MS-ADTS 5.1.3.3.2). Call it once, after
 * ad_read_access(). */
void ad_add_owner(ad_access *access);

#endif

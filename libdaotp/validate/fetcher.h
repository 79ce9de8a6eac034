/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of the public object daotp_fetcher. */
#ifndef DAOTP_VALIDATE_FETCHER_H
#define DAOTP_VALIDATE_FETCHER_H

#include "core/report.h"
#include "net/http_get.h"
#include "validate/source_table.h"

#include <daotp/fetcher.h>
#include <stdatomic.h>

struct daotp_fetcher {
    atomic_uint references;
    atomic_bool in_use; /* set when an object first refers to it; then only sources changes */
    daotp_context *context;
    daotp_report report; /* only of setters */
    daotp__network networks[DAOTP__MAX_NETWORKS];
    daotp__http_get_policy policy; /* its networks are the ones above */
    char *cache;                   /* the cache folder; NULL: none */
    bool may_use_ldap;
    char *ldap_server; /* for LDAP URLs without a host; NULL: none */
    daotp__source_table sources;
};

/* Store a verified CRL of this URL in the disk cache. */
void daotp__fetcher_store(const daotp_fetcher *fetcher, const char *url,
                          daotp__indexed_crl *indexed, daotp_report *report);

#endif

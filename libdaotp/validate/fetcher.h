/* SPDX-License-Identifier: BSD-2-Clause */
/* The private part of a fetcher: its rules, and the cache. */
#ifndef DAOTP_VALIDATE_FETCHER_H
#define DAOTP_VALIDATE_FETCHER_H

#include "core/report.h"
#include "net/http_get.h"
#include "validate/source_table.h"

#include <daotp/fetcher.h>
#include <stdatomic.h>

struct daotp_fetcher {
    atomic_uint references;
    atomic_bool in_use; /* from its first reference on; then only the sources change */
    daotp_context *context;
    daotp_report report; /* of settings */
    daotp__network networks[DAOTP__MAX_NETWORKS];
    daotp__http_get_policy policy; /* its networks are the ones above */
    char *cache;                   /* folder; NULL for none */
    bool may_use_ldap;
    char *ldap_server; /* for URLs that name none; NULL for none */
    daotp__source_table sources;
};

/* Keep a CRL of this URL, once it is verified, on disk. */
void daotp__fetcher_keep(const daotp_fetcher *fetcher, const char *url, daotp__indexed_crl *kept,
                         daotp_report *report);

#endif

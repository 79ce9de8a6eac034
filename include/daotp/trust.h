/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file trust.h
 * Trust: the anchors under which a peer's certificate is believed. Filled first, then handed to
 * clients; from then on it is immutable, and any number of threads may use it at once.
 */
#ifndef DAOTP_TRUST_H
#define DAOTP_TRUST_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Trust anchors. Opaque, counted; immutable from its first use. */
typedef struct daotp_trust daotp_trust;

/**
 * Make an empty trust: it believes nobody.
 * @param context     the context
 * @param[out] trust  to be let go with daotp_trust_free()
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY. Since 0.1.
 */
DAOTP_API daotp_status daotp_trust_new(daotp_context *context, daotp_trust **trust);
/**
 * Add anchors from memory: PEM (any number) or one certificate in DER.
 * @param trust      the trust
 * @param bytes,len  the certificates; copied
 * @param report     where findings go; may be NULL
 * @return DAOTP_OK, DAOTP_USAGE (it is in use already), DAOTP_MEMORY, DAOTP_PEER (CERT-DER),
 *         DAOTP_CONFIGURATION (TRUST-EMPTY). Since 0.1.
 */
DAOTP_API daotp_status daotp_trust_add(daotp_trust *trust, const void *bytes, size_t len,
                                       daotp_report *report);
/**
 * Add the anchors of a file.
 * @param trust   the trust
 * @param path    PEM or DER
 * @param report  where findings go; may be NULL
 * @return as daotp_trust_add(), and DAOTP_CONFIGURATION (FILE-READ). Since 0.1.
 */
DAOTP_API daotp_status daotp_trust_add_file(daotp_trust *trust, const char *path,
                                            daotp_report *report);
/** How many anchors there are. Since 0.1. */
DAOTP_API size_t daotp_trust_get_count(const daotp_trust *trust);
/** One reference more; from now on it is immutable. Answers @p trust. Since 0.1. */
DAOTP_API daotp_trust *daotp_trust_ref(daotp_trust *trust);
/** Let go of a trust. NULL is fine. Any thread. Since 0.1. */
DAOTP_API void daotp_trust_free(daotp_trust *trust);

#ifdef __cplusplus
}
#endif
#endif

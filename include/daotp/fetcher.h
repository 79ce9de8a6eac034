/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fetcher.h
 * Fetcher: how CRLs, issuer certificates and OCSP answers that a certificate names may be fetched,
 * and what was fetched before. Fill it first, then hand it to verifiers, clients and prefetches;
 * from then on its settings are immutable, and any number of threads may use it at once. All its
 * users share what it remembers: of several that need the same CRL, one fetches it. Each verifies
 * it under its own anchors. Share a fetcher between users that trust the same certification
 * authorities; give others a fetcher and a cache folder of their own.
 *
 * @code
 * daotp_fetcher_new(context, &fetcher);
 * daotp_fetcher_allow_network(fetcher, "10.0.0.0/8");
 * daotp_fetcher_set_cache(fetcher, "/var/cache/myapp/crls");
 * daotp_verifier_set_fetcher(verifier, fetcher);
 * @endcode
 */
#ifndef DAOTP_FETCHER_H
#define DAOTP_FETCHER_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A fetcher. Opaque, counted; its settings are immutable from its first use. */
typedef struct daotp_fetcher daotp_fetcher;

/**
 * Make a fetcher. Until more is allowed it fetches over HTTP from public addresses, ports 80 and
 * 8080, 64 MiB and 15 seconds a fetch at most, and keeps nothing on disk. No I/O.
 * @param context       the context; referenced
 * @param[out] fetcher  to be let go with daotp_fetcher_unref(); NULL unless it succeeds
 * @return DAOTP_OK, DAOTP_USAGE (a NULL argument), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_new(daotp_context *context, daotp_fetcher **fetcher);
/**
 * Why the last setting was refused: CALL-ARGUMENT, or CALL-ORDER for a fetcher that is in use.
 * @param fetcher  the fetcher; NULL is fine
 * @return the report, borrowed until the next setting; NULL only when @p fetcher is NULL. Only for
 *         the thread that makes settings: what is fetched is told in the reports of its users
 * @since 0.1
 */
DAOTP_API daotp_report *daotp_fetcher_get_report(daotp_fetcher *fetcher);
/**
 * Allow fetches from a network that is private, loopback or link-local, and there from any port.
 * @param fetcher  the fetcher
 * @param network  "10.0.0.0/8", "fd00::/8", or an address; at most 16 of them
 * @return DAOTP_OK, DAOTP_USAGE (a NULL argument, no network, the seventeenth, or the fetcher is in
 *         use already).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_allow_network(daotp_fetcher *fetcher, const char *network);
/**
 * Follow LDAP distribution points too, anonymously, within the networks that were allowed.
 * @param fetcher  the fetcher
 * @param server   "host" or "host:port" of a domain controller, for URLs that name no server, as
 *                 those of Windows CAs. Copied; NULL for none
 * @return DAOTP_OK, DAOTP_USAGE (a NULL fetcher, or it is in use already), DAOTP_MEMORY. Unless it
 *         is DAOTP_OK nothing changed.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_allow_ldap(daotp_fetcher *fetcher, const char *server);
/**
 * Bound each fetch.
 * @param fetcher     the fetcher
 * @param max_bytes   1 to 1 GiB; 64 MiB unless set
 * @param timeout_ms  milliseconds, 1 to an hour; 15 s unless set
 * @return DAOTP_OK, DAOTP_USAGE (out of range, a NULL fetcher, or it is in use already).
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_set_limits(daotp_fetcher *fetcher, int64_t max_bytes,
                                                int64_t timeout_ms);
/**
 * Keep fetched CRLs, once they are verified, in a folder that processes may share, with an index
 * beside each. A file that is damaged, cut, replaced or changed in place is noticed when it is read
 * and made or fetched again. Who may write in the folder is trusted: he could write a list and its
 * index that fit each other.
 * @param fetcher  the fetcher
 * @param folder   made with mode 0700 if it is not there, at the first fetch; others may not write
 *                 in it. Copied; NULL for none
 * @return DAOTP_OK, DAOTP_USAGE (a NULL fetcher, or it is in use already), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_set_cache(daotp_fetcher *fetcher, const char *folder);
/**
 * Take one more reference; from now on the settings are immutable. Any thread.
 * @param fetcher  the fetcher; NULL is fine
 * @return @p fetcher
 * @since 0.1
 */
DAOTP_API daotp_fetcher *daotp_fetcher_ref(daotp_fetcher *fetcher);
/**
 * Let go of a reference; with the last one what it remembers is freed, and the folder stays. Any
 * thread.
 * @param fetcher  the fetcher; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_fetcher_unref(daotp_fetcher *fetcher);

#ifdef __cplusplus
}
#endif
#endif

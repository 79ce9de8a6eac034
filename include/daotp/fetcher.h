/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file fetcher.h
 * Fetcher: the rules for fetching the CRLs, issuer certificates and OCSP responses that a
 * certificate names, and the cache of what was fetched. Configure it first, then give it to
 * verifiers, clients and prefetches; from then on its settings are immutable, and any number of
 * threads may use it at once. All users share the cache: if several need the same CRL, one fetches
 * it, and each verifies it under its own anchors. Share a fetcher between users that trust the same
 * certification authorities; give others a fetcher and a cache folder of their own.
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
 * @param[out] fetcher  to be released with daotp_fetcher_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when an argument is NULL; DAOTP_MEMORY when memory
 *         ran out
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
 * Allow fetches from a private, loopback or link-local network; in it any port is allowed.
 * @param fetcher  the fetcher; not NULL
 * @param network  "10.0.0.0/8", "fd00::/8", or an address; at most 16 of them
 * @return DAOTP_OK when it was added; DAOTP_USAGE when @p fetcher is NULL or in use already
 *         (CALL-ORDER), @p network is no network, or there are 16 already
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_allow_network(daotp_fetcher *fetcher, const char *network);
/**
 * Also follow ldap: distribution points, with anonymous access, within the networks that were
 * allowed.
 * @param fetcher  the fetcher; not NULL
 * @param server   "host" or "host:port" of a domain controller, for URLs that name no server, as
 *                 Windows CAs write them; copied. NULL: such URLs are not followed
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p fetcher is NULL or in use already
 *         (CALL-ORDER); DAOTP_MEMORY when memory ran out. Unless it returns DAOTP_OK nothing
 *         changed
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_allow_ldap(daotp_fetcher *fetcher, const char *server);
/**
 * Set how much may come in one fetch.
 * @param fetcher    the fetcher; not NULL
 * @param max_bytes  octets, 1 to 1 GiB; 64 MiB unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p fetcher is NULL or in use already
 *         (CALL-ORDER), or the value is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_set_max_bytes(daotp_fetcher *fetcher, int64_t max_bytes);
/**
 * Set how long one fetch may take.
 * @param fetcher     the fetcher; not NULL
 * @param timeout_ms  milliseconds, 1 to 3600000; 15000 unless set
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p fetcher is NULL or in use already
 *         (CALL-ORDER), or the value is out of range
 * @since 0.1
 */
DAOTP_API daotp_status daotp_fetcher_set_timeout_ms(daotp_fetcher *fetcher, int64_t timeout_ms);
/**
 * Keep fetched CRLs, once their signature is verified, in a folder that several processes may
 * share, each with an index beside it. A file that is damaged, truncated, replaced or changed is
 * noticed when it is read, and is made or fetched again. Whoever may write to the folder is
 * trusted, because he could write a CRL with a matching index.
 * @param fetcher  the fetcher; not NULL
 * @param folder   made with mode 0700 at the first fetch if it does not exist; others may not have
 *                 write permission. Copied; NULL for none
 * @return DAOTP_OK when it was set; DAOTP_USAGE when @p fetcher is NULL or in use already
 *         (CALL-ORDER); DAOTP_MEMORY when memory ran out
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
 * Release a reference; the last one frees the fetcher and what it has in memory, but leaves the
 * cache folder. Any thread.
 * @param fetcher  the fetcher; NULL is fine
 * @since 0.1
 */
DAOTP_API void daotp_fetcher_unref(daotp_fetcher *fetcher);

#ifdef __cplusplus
}
#endif
#endif

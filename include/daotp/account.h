/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file account.h
 * An account: what a directory holds about a user. The application fills it in when the client or
 * the responder asks for it. One thread at a time.
 */
#ifndef DAOTP_ACCOUNT_H
#define DAOTP_ACCOUNT_H

#include <daotp/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An account: UPN, distinguished name, SID. Opaque. */
typedef struct daotp_account daotp_account;

/**
 * Set the userPrincipalName, for example "alice@corp.example".
 * @param account  the account; not NULL
 * @param upn      UTF-8, 1 to 512 bytes, copied; NULL removes it
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p account is NULL, or @p upn is
 *         empty, longer than 512 bytes, not UTF-8, or holds control characters; DAOTP_MEMORY when
 *         memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_account_set_upn(daotp_account *account, const char *upn);
/**
 * Set the distinguishedName as RFC 4514 writes it, the most specific part first:
 * "CN=Alice,OU=Staff,DC=corp,DC=example".
 * @param account  the account; not NULL
 * @param dn       UTF-8, 1 to 2048 bytes, copied; NULL removes it
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p account is NULL, or @p dn is
 *         empty, longer than 2048 bytes, or no distinguished name; DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_account_set_dn(daotp_account *account, const char *dn);
/**
 * Set the objectSid as text, "S-1-5-21-...".
 * @param account  the account; not NULL
 * @param sid      ASCII, copied; NULL removes it
 * @return DAOTP_OK when it was set or removed; DAOTP_USAGE when @p account is NULL, or @p sid is
 *         not of the form "S-1-..." (MS-DTYP 2.4.2.1); DAOTP_MEMORY when memory ran out
 * @since 0.1
 */
DAOTP_API daotp_status daotp_account_set_sid(daotp_account *account, const char *sid);
/**
 * The userPrincipalName of an account.
 * @param account  the account; NULL is fine
 * @return the UPN, UTF-8, borrowed until it is set again; NULL when it is not known or @p account
 *         is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_account_get_upn(const daotp_account *account);
/**
 * The distinguishedName of an account.
 * @param account  the account; NULL is fine
 * @return the name (RFC 4514), borrowed until it is set again; NULL when it is not known or @p
 *         account is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_account_get_dn(const daotp_account *account);
/**
 * The objectSid of an account.
 * @param account  the account; NULL is fine
 * @return the SID as text, borrowed until it is set again; NULL when it is not known or @p account
 *         is NULL
 * @since 0.1
 */
DAOTP_API const char *daotp_account_get_sid(const daotp_account *account);

#ifdef __cplusplus
}
#endif
#endif

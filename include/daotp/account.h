/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file account.h
 * What a directory says of a user: the answer to a look-up by client or responder. Belongs to one
 * thread at a time.
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
 * The userPrincipalName, for example "alice@corp.example".
 * @param account  the account
 * @param upn      UTF-8, copied; NULL takes it back
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_account_set_upn(daotp_account *account, const char *upn);
/**
 * The distinguishedName as RFC 4514 writes it, leaf first: "CN=Alice,OU=Staff,DC=corp,DC=example".
 * @param account  the account
 * @param dn       UTF-8, copied; NULL takes it back
 * @return DAOTP_OK, DAOTP_USAGE (also when it is not a name), DAOTP_MEMORY.
 * @since 0.1
 */
DAOTP_API daotp_status daotp_account_set_dn(daotp_account *account, const char *dn);
/**
 * The objectSid as text, "S-1-5-21-...".
 * @param account  the account
 * @param sid      ASCII, copied; NULL takes it back
 * @return DAOTP_OK, DAOTP_USAGE, DAOTP_MEMORY.
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

/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file key_backend.h
 * For extenders: a private key that never leaves a token, a TPM or another process. The library has
 * the public key, and calls a function for each signature. Such a key signs requests, authenticates
 * TLS clients and signs CMC; it cannot be exported.
 */
#ifndef DAOTP_SYS_KEY_BACKEND_H
#define DAOTP_SYS_KEY_BACKEND_H

#include <daotp/key.h>
#include <daotp/sys/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The functions of a key. Any thread may call them, and several at once. A function that fails
 * reports why with daotp_report_add() and returns a status. An error without a finding is reported
 * as KEY-UNEXPLAINED, and an unknown status is treated as DAOTP_INTERNAL. `size` is the size of the
 * table, so that later versions can add members.
 */
typedef struct daotp_key_backend {
    size_t size; /**< sizeof(daotp_key_backend) */
    /** Sign. DAOTP_SIGNATURE_RSA_PKCS1: pad @p input, a DigestInfo, and do not hash it;
     * DAOTP_SIGNATURE_RSA_PSS: @p input is a digest of SHA-1, 256, 384 or 512, and the salt has
     * the same length; DAOTP_SIGNATURE_ECDSA: @p input is a digest. @p room is 512 octets or more.
     */
    daotp_status (*sign)(void *self, daotp_signature_scheme scheme, const void *input,
                         size_t input_len, void *signature, size_t room, size_t *len,
                         daotp_report *report);
    /** Free self. */
    void (*free)(void *self);
    /** Write how libkrb5 finds key and certificate (`X509_user_identity` of its PKINIT plug-in,
     * such as `PKCS11:module_name=...`), and log out of the token, because libkrb5 logs in to it
     * itself, in this process. The next signature logs in again. NULL: libkrb5 cannot reach this
     * key, and the logon proof reports LOGON-HELD-KEY. */
    daotp_status (*lend)(void *self, char *identity, size_t room, daotp_report *report);
} daotp_key_backend;

/**
 * Make a key whose private half a backend holds.
 * @param context   the context; referenced
 * @param backend   the table; copied
 * @param self      passed to each function, and to `free` at the end, also when this call fails,
 *                  if the table has a `free`
 * @param spki      the public key: SubjectPublicKeyInfo in DER; copied
 * @param spki_len  its length in bytes
 * @param report    where findings go; may be NULL
 * @param[out] key  to be released with daotp_key_unref(); NULL unless the call succeeds
 * @return DAOTP_OK when it was made; DAOTP_USAGE when @p context, @p spki or @p key is NULL, or the
 *         table is NULL, too small or lacks a function that is required; DAOTP_CONFIGURATION when
 *         the public key is of a kind or size that is not used (KEY-KIND), or the key is weak
 *         (KEY-WEAK); DAOTP_MEMORY when memory ran out. In each case @p self belongs to
 *         the library from then on
 * @since 0.1
 */
DAOTP_API daotp_status daotp_key_new(daotp_context *context, const daotp_key_backend *backend,
                                     void *self, const void *spki, size_t spki_len,
                                     daotp_report *report, daotp_key **key);

#ifdef __cplusplus
}
#endif
#endif

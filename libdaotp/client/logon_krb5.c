/* SPDX-License-Identifier: BSD-2-Clause */
/* The logon proof by libkrb5: krb5_init_creds_step() writes and reads the messages, and our own
 * stream carries them to the KDC over TCP (RFC 4120 7.2.2), so that the wait is bounded and can be
 * cancelled. Certificate and key reach the PKINIT plug-in through memory files and never touch the
 * disk. There is no password and no prompter, so only the certificate can authenticate. */
#include "client/logon.h"

#include "ca/krb5_names.h"
#include "client/kdc_certificate.h"
#include "client/logon_verdict.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/time_sum.h"
#include "net/url.h"
#include "x509/key.h"

#include <daotp/sys/store_plugin.h>
#include <errno.h>
#include <krb5.h>
#include <profile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AS_REP = 0x6B, KRB_ERROR = 0x7E };

struct daotp__logon {
    krb5_context krb5;
    krb5_principal principal;
    krb5_get_init_creds_opt *options;
    krb5_init_creds_context steps;
    int certificate_fd, key_fd;
    char identity[DAOTP__MAX_URL]; /* how the PKINIT plug-in finds certificate and key */
    char *realm;
    daotp__kdc_exchange *kdcs;
    unsigned rounds;
    bool waiting; /* for the KDC */
    const daotp_context *context;
    daotp_status pin_status;  /* DAOTP_OK: no PIN of a token was wanted, or libkrb5 may go on */
    daotp__bytes certificate; /* the user's; the credential is the caller's */
    bool sends_pkinit;        /* the message that was sent has a PA-PK-AS-REQ */
    /* The KDC's last KRB-ERROR, which libkrb5 may hide, and the message that it was the answer to.
     * Not a PREAUTH_REQUIRED after something that said more. */
    daotp__buffer refusal;
    daotp__krb_error error; /* views into refusal */
    bool has_error, refused_pkinit;
    int64_t kdc_ahead_s; /* the KDC's clock minus this one, by its last KRB-ERROR */
    bool has_kdc_time;
    /* the KDC's certificate */
    daotp__kdc_spec kdc_spec;
    daotp__kdc_check *check; /* while it is looked at */
    char *host;              /* of the KDC in use */
};

_Static_assert(sizeof DAOTP_KRB5_VERSION > 1, "findings name the version of libkrb5");

/* What libkrb5 reads as its configuration: krb5.conf, with settings of ours in front. */
typedef struct layered_profile {
    unsigned references;
    profile_t base;
    char *realm, *names[4]; /* names: what the KDC's certificate may be for, NULL behind them */
    char *pool[2];          /* the issuers of the user's certificate, NULL behind them */
} layered_profile;

/* ---- what Kerberos says ---------------------------------------------------------------------- */

/* Is the code one of this table of com_err? A table holds 256. */
static bool is_of_table(krb5_error_code code, long base)
{
    return code >= base && code < base + 256;
}

static bool is_configuration_code(krb5_error_code code)
{
    return is_of_table(code, ERROR_TABLE_BASE_prof) || code == KRB5_CONFIG_CANTOPEN ||
           code == KRB5_CONFIG_BADFORMAT;
}

/* The KDC's message is no Kerberos reply, or none to this request. */
static bool is_answer_code(krb5_error_code code)
{
    return is_of_table(code, ERROR_TABLE_BASE_asn1) || code == KRB5_BADMSGTYPE ||
           code == KRB5_KDCREP_MODIFIED || code == KRB5KRB_AP_ERR_MSG_TYPE;
}

/* The KDC's error codes (RFC 4120 7.5.9) are at the beginning of libkrb5's error table. */
static bool is_kdc_error(krb5_error_code code)
{
    return code > ERROR_TABLE_BASE_krb5 && code < ERROR_TABLE_BASE_krb5 + 128;
}

static daotp_finding_number finding_for(krb5_error_code code)
{
    daotp_finding_number number;
    char name[32];

    if (is_configuration_code(code))
        return DAOTP_FINDING_LOGON_CONFIG;
    if (is_answer_code(code))
        return DAOTP_FINDING_LOGON_ANSWER;
    if (is_kdc_error(code))
        (void)snprintf(name, sizeof name, "krb:%ld", (long)code - ERROR_TABLE_BASE_krb5);
    else
        (void)snprintf(name, sizeof name, "krb5:%ld", (long)code);
    number = daotp_catalogue_find(name);
    if (number != DAOTP_FINDING_NONE)
        return number;
    return is_kdc_error(code) ? DAOTP_FINDING_LOGON_REFUSED : DAOTP_FINDING_LOGON_FAILED;
}

/* The error of libkrb5, if no KRB-ERROR says more. */
static daotp_status explain_code(daotp__logon *logon, krb5_error_code code, daotp_report *report)
{
    const char *message;
    daotp_status status;

    if (code == ENOMEM)
        return DAOTP_MEMORY;
    message = krb5_get_error_message(logon->krb5, code); /* takes no context too */
    status = daotp__report_add(report, finding_for(code), code,
                               daotp__kdc_exchange_subject(logon->kdcs), "%s", message);
    krb5_free_error_message(logon->krb5, message);
    return status;
}

static daotp_status explain_refusal(const daotp__logon *logon, daotp_report *report)
{
    daotp__logon_error_context context = {.subject = daotp__kdc_exchange_subject(logon->kdcs),
                                          .library = DAOTP_KRB5_VERSION,
                                          .certificate = logon->certificate,
                                          .now_s = daotp__context_now_s(logon->context),
                                          .sent_pkinit = logon->refused_pkinit};

    return daotp__logon_explain_error(&logon->error, &context, report);
}

/* libkrb5 ends with an error of its own when a pre-authentication failed, whatever the KDC said. */
static daotp_status explain_krb5_error(daotp__logon *logon, krb5_error_code code,
                                       daotp_report *report)
{
    if (logon->has_error && daotp__krb_error_is_refusal(&logon->error, logon->refused_pkinit))
        return explain_refusal(logon, report);
    return explain_code(logon, code, report);
}

/* Keep the KDC's error before libkrb5 reads it. */
static daotp_status note_reply(daotp__logon *logon, daotp__bytes reply)
{
    daotp__krb_error error;

    if (!daotp__krb_error_read(reply, &error)) {
        logon->has_error = false; /* an AS-REP: what follows is about that */
        return DAOTP_OK;
    }
    logon->kdc_ahead_s = daotp__time_sub(error.server_time_s, daotp__context_now_s(logon->context));
    logon->has_kdc_time = true;
    if (logon->has_error && error.code == DAOTP__KRB_PREAUTH_REQUIRED && !logon->sends_pkinit)
        return DAOTP_OK;
    daotp__buffer_clear(&logon->refusal);
    daotp__buffer_add(&logon->refusal, reply.data, reply.len);
    logon->has_error = daotp__krb_error_read(daotp__buffer_bytes(&logon->refusal), &logon->error);
    logon->refused_pkinit = logon->sends_pkinit;
    return logon->refusal.failed;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static int memory_file(const char *name, const void *bytes, size_t len)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd >= 0 && write(fd, bytes, len) != (ssize_t)len) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

static daotp_status lend_files(daotp__logon *logon, const daotp_credential *credential)
{
    char *certificates = NULL, *key = NULL;
    size_t certificates_len, key_len;
    daotp_status status = daotp_credential_copy_pem(credential, &certificates, &certificates_len);

    if (status == DAOTP_OK)
        status = daotp_key_copy_pem(daotp_credential_get_key(credential), &key, &key_len);
    if (status == DAOTP_OK) {
        logon->certificate_fd = memory_file("daotp-cert", certificates, certificates_len);
        logon->key_fd = memory_file("daotp-key", key, key_len);
        if (logon->certificate_fd < 0 || logon->key_fd < 0)
            status = DAOTP_INTERNAL;
    }
    (void)snprintf(logon->identity, sizeof logon->identity,
                   "FILE:/proc/self/fd/%d,/proc/self/fd/%d", logon->certificate_fd, logon->key_fd);
    daotp_free(certificates);
    daotp_free(key);
    return status;
}

static daotp_status lend_credential(daotp__logon *logon, const daotp_credential *credential,
                                    daotp_report *report)
{
    const daotp_key *key = daotp_credential_get_key(credential);

    if (daotp_key_is_exportable(key))
        return lend_files(logon, credential);
    return daotp__key_lend(key, logon->identity, sizeof logon->identity, report);
}

/* ---- the PIN of a token ---------------------------------------------------------------------- */

static uint32_t pin_warnings(int flags)
{
    uint32_t warnings = 0;

    if ((flags & KRB5_RESPONDER_PKINIT_FLAGS_TOKEN_USER_PIN_COUNT_LOW) != 0)
        warnings |= DAOTP_SECRET_COUNT_LOW;
    if ((flags & KRB5_RESPONDER_PKINIT_FLAGS_TOKEN_USER_PIN_FINAL_TRY) != 0)
        warnings |= DAOTP_SECRET_FINAL_TRY;
    return warnings;
}

/* libkrb5 takes the PIN as a string. */
static daotp_status ask_pin(const daotp__logon *logon,
                            const krb5_responder_pkinit_identity *identity,
                            char pin[DAOTP__MAX_PIN + 1])
{
    /* asking changes nothing in a context but where the answer comes from */
    daotp_context *context = (daotp_context *)(uintptr_t)logon->context;
    size_t len = 0;
    daotp_status status;

    if ((identity->token_flags & KRB5_RESPONDER_PKINIT_FLAGS_TOKEN_USER_PIN_LOCKED) != 0)
        return DAOTP_REJECTED;
    status =
        daotp_context_ask_secret(context, DAOTP_SECRET_PIN, identity->identity,
                                 pin_warnings(identity->token_flags), pin, DAOTP__MAX_PIN, &len);
    pin[len] = '\0';
    return status == DAOTP_OK && strlen(pin) != len ? DAOTP_CONFIGURATION : status;
}

static krb5_error_code answer_pin(daotp__logon *logon, krb5_responder_context responder,
                                  const krb5_responder_pkinit_identity *identity)
{
    char pin[DAOTP__MAX_PIN + 1];
    daotp_status status = ask_pin(logon, identity, pin);
    krb5_error_code code = 0;

    if (status == DAOTP_OK)
        code = krb5_responder_pkinit_set_answer(logon->krb5, responder, identity->identity, pin);
    explicit_bzero(pin, sizeof pin);
    if (status == DAOTP_OK || status == DAOTP_REJECTED)
        return code;
    logon->pin_status = status;
    return KRB5_LIBOS_PWDINTR;
}

/* Why the logon ends at the question for the PIN, whatever libkrb5 makes of it. */
static daotp_status explain_pin(const daotp__logon *logon, daotp_report *report)
{
    if (logon->pin_status == DAOTP_CONFIGURATION)
        return daotp__report_add(report, DAOTP_FINDING_LOGON_HELD_KEY, 0, "private key",
                                 "a NUL octet in the PIN of its token, at which libkrb5 ends it");
    return logon->pin_status;
}

/* Asked by libkrb5 when the token wants a PIN. When nobody gives one it goes on without PKINIT. */
static krb5_error_code answer_responder(krb5_context krb5, void *data,
                                        krb5_responder_context responder)
{
    daotp__logon *logon = data;
    krb5_responder_pkinit_challenge *challenge = NULL;
    krb5_error_code code = krb5_responder_pkinit_get_challenge(krb5, responder, &challenge);

    if (code != 0 || challenge == NULL)
        return code;
    for (size_t i = 0; code == 0 && challenge->identities[i] != NULL; i++)
        code = answer_pin(logon, responder, challenge->identities[i]);
    krb5_responder_pkinit_challenge_free(krb5, responder, challenge);
    return code;
}

static daotp_status take_realm(daotp__logon *logon, const daotp__logon_spec *spec)
{
    const char *at = strrchr(spec->upn, '@');
    const char *suffix = at != NULL ? at + 1 : "";

    logon->realm = daotp__text_copy(spec->realm != NULL ? spec->realm : suffix);
    if (logon->realm == NULL)
        return DAOTP_MEMORY;
    for (char *c = logon->realm; spec->realm == NULL && *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return DAOTP_OK;
}

/* user@REALM; a UPN with another suffix is asked for as an enterprise name. */
static krb5_error_code take_principal(daotp__logon *logon, const char *upn)
{
    const char *at = strrchr(upn, '@');
    krb5_error_code code;
    char *user;

    if (at == NULL || strcasecmp(at + 1, logon->realm) != 0)
        return krb5_build_principal_ext(logon->krb5, &logon->principal,
                                        (unsigned)strlen(logon->realm), logon->realm,
                                        (unsigned)strlen(upn), upn, 0);
    user = daotp__text_copy_n(upn, (size_t)(at - upn));
    if (user == NULL)
        return ENOMEM;
    code = krb5_build_principal_ext(logon->krb5, &logon->principal, (unsigned)strlen(logon->realm),
                                    logon->realm, (unsigned)strlen(user), user, 0);
    daotp__delete(user);
    return code;
}

static krb5_error_code set_options(daotp__logon *logon, const char *upn, const char *anchors)
{
    const char *at = strrchr(upn, '@');
    char file[DAOTP__MAX_URL];
    krb5_error_code code = krb5_get_init_creds_opt_alloc(logon->krb5, &logon->options);

    if (code != 0)
        return code;
    if (at == NULL || strcasecmp(at + 1, logon->realm) != 0) {
        logon->principal->type = KRB5_NT_ENTERPRISE_PRINCIPAL;
        krb5_get_init_creds_opt_set_canonicalize(logon->options, 1);
    }
    code =
        krb5_get_init_creds_opt_set_responder(logon->krb5, logon->options, answer_responder, logon);
    if (code == 0)
        code = krb5_get_init_creds_opt_set_pa(logon->krb5, logon->options, "X509_user_identity",
                                              logon->identity);
    if (code != 0 || anchors == NULL)
        return code;
    if (snprintf(file, sizeof file, "FILE:%s", anchors) >= (int)sizeof file)
        return EINVAL;
    return krb5_get_init_creds_opt_set_pa(logon->krb5, logon->options, "X509_anchors", file);
}

/* ---- the configuration of libkrb5 ------------------------------------------------------------ */

/* libkrb5 takes the certificate of a stock domain controller only by a host name that it was told
 * (pkinit_kdc_hostname), and only with the purposes it was told (pkinit_eku_checking): names and
 * purposes are checked in kdc_certificate.c before libkrb5 sees the reply, so that it is told the
 * names that are taken there, and to leave purposes alone. */
static const char *const *layered_values_find(const layered_profile *profile,
                                              const char *const *names)
{
    static const char *const none[] = {"none", NULL};

    if (names[0] == NULL || strcmp(names[0], "libdefaults") != 0 || names[1] == NULL ||
        strcmp(names[1], profile->realm) != 0 || names[2] == NULL || names[3] != NULL)
        return NULL;
    if (strcmp(names[2], "pkinit_eku_checking") == 0)
        return none;
    if (strcmp(names[2], "pkinit_kdc_hostname") == 0)
        return (const char *const *)profile->names;
    if (strcmp(names[2], "pkinit_pool") == 0 && profile->pool[0] != NULL)
        return (const char *const *)profile->pool;
    return NULL;
}

static void text_list_delete(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        daotp__delete(texts[i]);
    daotp__delete(texts);
}

static char **text_list_copy(const char *const *texts)
{
    size_t count = 0;
    char **copy;

    while (texts[count] != NULL)
        count++;
    copy = daotp__new((count + 1) * sizeof *copy);
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = daotp__text_copy(texts[i]);
        if (copy[i] == NULL) {
            text_list_delete(copy);
            return NULL;
        }
    }
    return copy;
}

/* The list is ours in either case, since libkrb5 gives it back without saying whose it is. */
static long layered_get_values(void *data, const char *const *names, char ***values)
{
    const layered_profile *profile = data;
    const char *const *own = layered_values_find(profile, names);
    char **base = NULL;
    long code = 0;

    if (own == NULL)
        code = profile_get_values(profile->base, names, &base);
    if (code != 0)
        return code;
    *values = text_list_copy(own != NULL ? own : (const char *const *)base);
    profile_free_list(base);
    return *values != NULL ? 0 : ENOMEM;
}

static void layered_free_values(void *data, char **values)
{
    (void)data;
    text_list_delete(values);
}

static long layered_copy(void *data, void **copy)
{
    layered_profile *profile = data;

    profile->references++; /* one thread has the whole context */
    *copy = profile;
    return 0;
}

static void layered_cleanup(void *data)
{
    layered_profile *profile = data;

    if (profile == NULL || --profile->references > 0)
        return;
    if (profile->base != NULL)
        profile_release(profile->base);
    for (size_t i = 0; profile->names[i] != NULL; i++)
        daotp__delete(profile->names[i]);
    daotp__delete(profile->pool[0]);
    daotp__delete(profile->realm);
    daotp__delete(profile);
}

static long layered_iterator_create(void *data, const char *const *names, int flags, void **out)
{
    const layered_profile *profile = data;

    return profile_iterator_create(profile->base, names, flags, out);
}

static long layered_iterator_next(void *data, void *iterator, char **name, char **value)
{
    (void)data;
    return profile_iterator(&iterator, name, value);
}

static void layered_iterator_free(void *data, void *iterator)
{
    (void)data;
    profile_iterator_free(&iterator);
}

static void layered_free_string(void *data, char *text)
{
    (void)data;
    profile_release_string(text);
}

/* The host name that krb5.conf has for the KDC's certificate, where the caller gave none. */
static daotp_status take_configured_host(daotp__logon *logon, profile_t profile)
{
    const char *const places[][4] = {{"libdefaults", logon->realm, "pkinit_kdc_hostname", NULL},
                                     {"realms", logon->realm, "pkinit_kdc_hostname", NULL},
                                     {"libdefaults", "pkinit_kdc_hostname", NULL}};
    bool done = logon->host != NULL && !daotp__url_is_address(logon->host);
    char **values;

    for (size_t i = 0; i < sizeof places / sizeof places[0] && !done; i++) {
        if (profile_get_values(profile, places[i], &values) != 0)
            continue;
        done = daotp__text_set(&logon->host, values[0]);
        profile_free_list(values);
        if (!done)
            return DAOTP_MEMORY;
    }
    return DAOTP_OK;
}

/* The realm's DNS name in both cases, and the KDC's host name. libkrb5 compares letter by letter.
 */
static bool take_names(layered_profile *profile, const char *realm, const char *host)
{
    profile->realm = daotp__text_copy(realm);
    profile->names[0] = daotp__text_copy(realm);
    profile->names[1] = daotp__text_copy(realm);
    if (profile->realm == NULL || profile->names[0] == NULL || profile->names[1] == NULL)
        return false;
    for (char *c = profile->names[1]; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    if (host == NULL || daotp__url_is_address(host))
        return true;
    profile->names[2] = daotp__text_copy(host);
    return profile->names[2] != NULL;
}

static bool has_setting(profile_t profile, const char *const *names)
{
    char **values = NULL;
    bool has = profile_get_values(profile, names, &values) == 0;

    profile_free_list(values);
    return has;
}

/* libkrb5 takes only the first certificate of the user's file, and then misses the issuers that
 * stand behind it: they are its pool of intermediate certificates, unless krb5.conf has one. */
static bool take_pool(layered_profile *profile, const daotp__logon *logon)
{
    const char *const places[][4] = {{"libdefaults", profile->realm, "pkinit_pool", NULL},
                                     {"realms", profile->realm, "pkinit_pool", NULL},
                                     {"libdefaults", "pkinit_pool", NULL}};
    char file[48];

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (has_setting(profile->base, places[i]))
            return true;
    (void)snprintf(file, sizeof file, "FILE:/proc/self/fd/%d", logon->certificate_fd);
    profile->pool[0] = daotp__text_copy(file);
    return profile->pool[0] != NULL;
}

static krb5_error_code context_new_layered(daotp__logon *logon, krb5_context plain)
{
    static struct profile_vtable table = {.minor_ver = 1,
                                          .get_values = layered_get_values,
                                          .free_values = layered_free_values,
                                          .cleanup = layered_cleanup,
                                          .copy = layered_copy,
                                          .iterator_create = layered_iterator_create,
                                          .iterator = layered_iterator_next,
                                          .iterator_free = layered_iterator_free,
                                          .free_string = layered_free_string};
    layered_profile *data = daotp__new(sizeof *data);
    profile_t profile = NULL;
    krb5_error_code code;

    if (data == NULL)
        return ENOMEM;
    data->references = 1;
    code = krb5_get_profile(plain, &data->base);
    if (code == 0 && (take_configured_host(logon, data->base) != DAOTP_OK ||
                      !take_names(data, logon->realm, logon->host) || !take_pool(data, logon)))
        code = ENOMEM;
    if (code == 0)
        code = (krb5_error_code)profile_init_vtable(&table, data, &profile);
    if (code != 0) {
        layered_cleanup(data);
        return code;
    }
    code = krb5_init_context_profile(profile, 0, &logon->krb5);
    profile_release(profile);
    return code;
}

static krb5_error_code context_new(daotp__logon *logon)
{
    krb5_context plain;
    krb5_error_code code = krb5_init_context(&plain);

    if (code != 0)
        return code;
    code = context_new_layered(logon, plain);
    krb5_free_context(plain);
    return code;
}

/* ---- the anchors of the KDC's certificate ---------------------------------------------------- */

/* The file of pkinit_anchors in krb5.conf, as libkrb5 would find it; NULL where there is none. */
static char *anchors_of_profile(const daotp__logon *logon)
{
    const char *const places[][4] = {{"libdefaults", logon->realm, "pkinit_anchors", NULL},
                                     {"realms", logon->realm, "pkinit_anchors", NULL},
                                     {"libdefaults", "pkinit_anchors", NULL}};
    char *file = NULL, **values;
    profile_t profile;

    if (krb5_get_profile(logon->krb5, &profile) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof places / sizeof places[0] && file == NULL; i++) {
        if (profile_get_values(profile, places[i], &values) != 0)
            continue;
        if (strncmp(values[0], "FILE:", 5) == 0)
            file = daotp__text_copy(values[0] + 5);
        profile_free_list(values);
    }
    profile_release(profile);
    return file;
}

/* Without anchors in a file only libkrb5 can validate the path. */
static daotp_status take_trust(daotp__logon *logon, const daotp__logon_spec *spec,
                               daotp_report *report)
{
    daotp_context *context = daotp__loop_context(spec->loop);
    char *found = spec->anchors == NULL ? anchors_of_profile(logon) : NULL;
    const char *file = spec->anchors != NULL ? spec->anchors : found;
    daotp_status status = DAOTP_OK;

    logon->kdc_spec = (daotp__kdc_spec){.loop = spec->loop,
                                        .revocation = spec->revocation,
                                        .fetcher = spec->fetcher,
                                        .realm = logon->realm,
                                        .credential = spec->credential};
    if (file != NULL)
        status = daotp_trust_new(context, &logon->kdc_spec.trust);
    if (file != NULL && status == DAOTP_OK)
        status = daotp_trust_add_file(logon->kdc_spec.trust, file, report);
    daotp__delete(found);
    return status;
}

static krb5_error_code set_up(daotp__logon *logon, const daotp__logon_spec *spec)
{
    krb5_error_code code = context_new(logon);

    if (code == 0)
        code = take_principal(logon, spec->upn);
    if (code == 0)
        code = set_options(logon, spec->upn, spec->anchors);
    if (code == 0)
        code = krb5_init_creds_init(logon->krb5, logon->principal, NULL, NULL, 0, logon->options,
                                    &logon->steps);
    return code;
}

/* ---- where the KDCs are ---------------------------------------------------------------------- */

static daotp_status take_host(daotp__logon *logon, const char *kdc)
{
    uint16_t port;
    char *host = daotp__kdc_split(kdc, &port);

    if (host == NULL)
        return DAOTP_MEMORY;
    daotp__delete(logon->host);
    logon->host = host;
    return DAOTP_OK;
}

daotp_status daotp__logon_new(const daotp__logon_spec *spec, daotp_report *report,
                              daotp__logon **out)
{
    daotp__logon *logon = daotp__new(sizeof *logon);
    krb5_error_code code = 0;
    daotp_status status;

    *out = NULL;
    if (logon == NULL)
        return DAOTP_MEMORY;
    logon->context = daotp__loop_context(spec->loop);
    logon->certificate.data =
        daotp_credential_get_certificate(spec->credential, 0, &logon->certificate.len);
    logon->certificate_fd = logon->key_fd = -1;
    daotp__buffer_init(&logon->refusal, DAOTP__MAX_KDC_MESSAGE);
    status = take_realm(logon, spec);
    if (status == DAOTP_OK)
        status = daotp__kdc_exchange_new(spec->loop, logon->realm, spec->connect_ms, &logon->kdcs);
    if (status == DAOTP_OK)
        status = lend_credential(logon, spec->credential, report);
    if (status == DAOTP_OK && spec->kdc != NULL)
        status = take_host(logon, spec->kdc);
    if (status == DAOTP_OK && (code = set_up(logon, spec)) != 0)
        status = explain_krb5_error(logon, code, report);
    if (status == DAOTP_OK)
        status = take_trust(logon, spec, report);
    if (status == DAOTP_OK)
        status = spec->kdc != NULL ? daotp__kdc_exchange_add(logon->kdcs, spec->kdc)
                                   : daotp__krb5_add_kdcs(logon->krb5, logon->realm, logon->kdcs);
    if (status == DAOTP_OK && daotp__kdc_exchange_count(logon->kdcs) == 0)
        status = daotp__report_add(report, DAOTP_FINDING_LOGON_KDC_UNREACHABLE, 0, logon->realm,
                                   "no KDC set or in krb5.conf");
    if (status != DAOTP_OK) {
        daotp__logon_free(logon);
        return status;
    }
    *out = logon;
    return DAOTP_OK;
}

void daotp__logon_free(daotp__logon *logon)
{
    if (logon == NULL)
        return;
    daotp__kdc_exchange_free(logon->kdcs);
    daotp__kdc_check_free(logon->check);
    daotp_trust_unref(logon->kdc_spec.trust);
    if (logon->krb5 != NULL) {
        if (logon->steps != NULL)
            krb5_init_creds_free(logon->krb5, logon->steps);
        krb5_get_init_creds_opt_free(logon->krb5, logon->options);
        krb5_free_principal(logon->krb5, logon->principal);
        krb5_free_context(logon->krb5);
    }
    if (logon->certificate_fd >= 0)
        (void)close(logon->certificate_fd);
    if (logon->key_fd >= 0)
        (void)close(logon->key_fd);
    daotp__delete(logon->realm);
    daotp__buffer_free(&logon->refusal);
    daotp__delete(logon->host);
    daotp__delete(logon);
}

/* ---- one message there and back -------------------------------------------------------------- */

/* No KDC was reached. Why the last one was not was reported as a warning, for there could have been
 * another: it is the cause now. */
static daotp_status explain_no_kdc(const daotp__logon *logon, daotp_report *report)
{
    size_t count = daotp_report_get_count(report);
    const daotp_finding *why = daotp_report_get_finding(report, count - 1);
    daotp_status status = daotp__report_add(
        report, DAOTP_FINDING_LOGON_KDC_UNREACHABLE, 0, daotp__kdc_exchange_subject(logon->kdcs),
        "%zu KDCs tried", daotp__kdc_exchange_count(logon->kdcs));

    if (why != NULL && daotp_finding_get_severity(why) == DAOTP_SEVERITY_WARNING)
        daotp__report_set_cause(report, daotp_report_get_finding(report, count), why);
    return status;
}

/* Why the last KDC did not answer. */
static daotp_status explain_no_answer(const daotp__logon *logon, daotp_status status,
                                      daotp_report *report)
{
    const char *subject = daotp__kdc_exchange_subject(logon->kdcs);
    size_t received;

    if (status == DAOTP_PEER)
        return daotp__report_add(report, DAOTP_FINDING_LOGON_ANSWER, 0, subject,
                                 "an answer of more than %d octets", (int)DAOTP__MAX_KDC_MESSAGE);
    if (!daotp__kdc_exchange_was_open(logon->kdcs, &received))
        return explain_no_kdc(logon, report);
    if (status == DAOTP_TIMEOUT)
        return daotp__report_add(report, DAOTP_FINDING_LOGON_KDC_SILENT, 0, subject,
                                 "%zu octets of an answer in the time that a connection may take",
                                 received);
    return daotp__report_add(report, DAOTP_FINDING_LOGON_KDC_RESET, 0, subject,
                             "the connection ended after %zu octets of the answer", received);
}

static daotp_status ask_kdcs(const daotp__logon *logon, daotp_report *report)
{
    daotp_status status = daotp__kdc_exchange_step(logon->kdcs, report);

    if (status != DAOTP_NETWORK && status != DAOTP_TIMEOUT && status != DAOTP_PEER)
        return status;
    return explain_no_answer(logon, status, report);
}

/* ---- the rounds ------------------------------------------------------------------------------ */

static daotp_status take_ticket(daotp__logon *logon, daotp_report *report)
{
    krb5_creds creds;
    krb5_error_code code;
    char *server = NULL, until[32] = "";

    memset(&creds, 0, sizeof creds);
    code = krb5_init_creds_get_creds(logon->krb5, logon->steps, &creds);
    if (code == 0)
        code = krb5_unparse_name(logon->krb5, creds.server, &server);
    if (code == 0) {
        (void)krb5_timestamp_to_sfstring(creds.times.endtime, until, sizeof until, NULL);
        (void)daotp__report_add(report, DAOTP_FINDING_LOGON_TICKET,
                                (int64_t)(uint32_t)creds.times.endtime, server, "until %s", until);
    }
    krb5_free_unparsed_name(logon->krb5, server);
    krb5_free_cred_contents(logon->krb5, &creds);
    return code == 0 ? DAOTP_OK : explain_krb5_error(logon, code, report);
}

static daotp_status send_request(daotp__logon *logon, const krb5_data *request)
{
    daotp__bytes message = {(const uint8_t *)request->data, request->length};

    logon->sends_pkinit = daotp__krb_as_req_has_pkinit(message);
    return daotp__kdc_exchange_begin(logon->kdcs, message);
}

/* A KDC that refers to another realm is not one of the requested realm, and no KDC of that realm is
 * known here. */
static bool is_other_realm(const daotp__logon *logon, const krb5_data *realm)
{
    return realm->length > 0 && (realm->length != strlen(logon->realm) ||
                                 memcmp(realm->data, logon->realm, realm->length) != 0);
}

/* Let libkrb5 read the answer and make the next message; DAOTP_OK when it wants no further one. */
static daotp_status next_message(daotp__logon *logon, daotp_report *report)
{
    daotp__bytes reply = daotp__kdc_exchange_reply(logon->kdcs);
    krb5_data in = {.length = (unsigned)reply.len, .data = (char *)reply.data};
    krb5_data out = {.length = 0}, realm = {.length = 0};
    daotp_status status = DAOTP_OK;
    krb5_error_code code;
    unsigned flags = 0;

    code = krb5_init_creds_step(logon->krb5, logon->steps, &in, &out, &realm, &flags);
    logon->waiting = code == 0 && logon->pin_status == DAOTP_OK &&
                     (flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE) != 0;
    if (logon->waiting && logon->has_error && is_other_realm(logon, &realm))
        status = explain_refusal(logon, report);
    else if (logon->waiting)
        status = send_request(logon, &out);
    krb5_free_data_contents(logon->krb5, &out);
    krb5_free_data_contents(logon->krb5, &realm);
    if (logon->pin_status != DAOTP_OK)
        return explain_pin(logon, report);
    if (code != 0)
        return explain_krb5_error(logon, code, report);
    return status;
}

/* The KDC's message is read here before libkrb5 reads it. */
static daotp_status look_at_reply(daotp__logon *logon, daotp_report *report)
{
    daotp__bytes reply = daotp__kdc_exchange_reply(logon->kdcs), signed_data;

    if (reply.len == 0)
        return DAOTP_OK; /* the first message has none */
    if (reply.data[0] != AS_REP && reply.data[0] != KRB_ERROR)
        return daotp__report_add(report, DAOTP_FINDING_LOGON_ANSWER, 0,
                                 daotp__kdc_exchange_subject(logon->kdcs),
                                 "neither an AS-REP nor a KRB-ERROR, but %zu octets that begin "
                                 "with 0x%02x",
                                 reply.len, (unsigned)reply.data[0]);
    logon->kdc_spec.host = logon->host;
    if (daotp__krb_as_rep_signed_data(reply, &signed_data))
        return daotp__kdc_check_new(&logon->kdc_spec, signed_data, report, &logon->check);
    return note_reply(logon, reply);
}

/* Validate the KDC's certificate before libkrb5 reads the reply. */
static daotp_status step_kdc_check(daotp__logon *logon, daotp_report *report)
{
    daotp_status status;

    if (logon->check == NULL)
        return DAOTP_OK;
    status = daotp__kdc_check_step(logon->check, report);
    if (status == DAOTP_AGAIN)
        return status;
    daotp__kdc_check_free(logon->check);
    logon->check = NULL;
    logon->has_error = false;
    return status;
}

/* libkrb5 answers some refusals anew (an expired freshness token, 90): one that stays is the
 * reason. */
static daotp_status explain_rounds(daotp__logon *logon, daotp_report *report)
{
    if (logon->has_error)
        return explain_refusal(logon, report);
    return daotp__report_add(report, DAOTP_FINDING_LOGON_ANSWER, 0,
                             daotp__kdc_exchange_subject(logon->kdcs), "more than %d rounds",
                             (int)DAOTP__MAX_KDC_ROUNDS);
}

/* One round: the KDC's message, its certificate, and our next message. */
static daotp_status round_step(daotp__logon *logon, daotp_report *report)
{
    daotp_status status = DAOTP_OK;

    if (logon->waiting)
        status = ask_kdcs(logon, report);
    if (status != DAOTP_OK)
        return status;
    logon->waiting = false;
    if (logon->check == NULL) {
        if (++logon->rounds > DAOTP__MAX_KDC_ROUNDS)
            return explain_rounds(logon, report);
        status = look_at_reply(logon, report);
    }
    if (status == DAOTP_OK)
        status = step_kdc_check(logon, report);
    return status == DAOTP_OK ? next_message(logon, report) : status;
}

daotp_status daotp__logon_step(daotp__logon *logon, daotp_report *report)
{
    daotp_status status;

    do {
        status = round_step(logon, report);
    } while (status == DAOTP_OK && logon->waiting);
    return status == DAOTP_OK ? take_ticket(logon, report) : status;
}

/* ---- is there a ticket already? -------------------------------------------------------------- */

static bool cache_is_good(krb5_context krb5, krb5_ccache cache, int64_t now_s)
{
    krb5_cc_cursor cursor;
    krb5_creds creds;
    bool good = false;

    if (krb5_cc_start_seq_get(krb5, cache, &cursor) != 0)
        return false;
    while (!good && krb5_cc_next_cred(krb5, cache, &cursor, &creds) == 0) {
        good = !krb5_is_config_principal(krb5, creds.server) &&
               now_s < (int64_t)(uint32_t)creds.times.endtime; /* to 2106, as libkrb5 has it */
        krb5_free_cred_contents(krb5, &creds);
    }
    (void)krb5_cc_end_seq_get(krb5, cache, &cursor);
    return good;
}

static bool some_cache_is_good(krb5_context krb5, int64_t now_s)
{
    krb5_cccol_cursor cursor;
    krb5_ccache cache;
    bool good = false;

    if (krb5_cccol_cursor_new(krb5, &cursor) != 0)
        return false;
    while (!good && krb5_cccol_cursor_next(krb5, cursor, &cache) == 0 && cache != NULL) {
        good = cache_is_good(krb5, cache, now_s);
        (void)krb5_cc_close(krb5, cache);
    }
    (void)krb5_cccol_cursor_free(krb5, &cursor);
    return good;
}

static bool has_client_keytab(krb5_context krb5)
{
    krb5_keytab keytab;
    bool has;

    if (krb5_kt_client_default(krb5, &keytab) != 0)
        return false;
    has = krb5_kt_have_content(krb5, keytab) == 0;
    (void)krb5_kt_close(krb5, keytab);
    return has;
}

bool daotp__logon_has_ticket(int64_t now_s)
{
    krb5_context krb5;
    bool has;

    if (getenv("GSS_USE_PROXY") != NULL || krb5_init_context(&krb5) != 0)
        return true; /* the proxy resolves names; or Negotiate will itself report what is wrong */
    has = some_cache_is_good(krb5, now_s) || has_client_keytab(krb5);
    krb5_free_context(krb5);
    return has;
}

/* GSS-API takes the ticket of the default cache. One of somebody else would have the CA issue a
 * certificate to him: it puts the caller's names in. */
bool daotp__logon_has_ticket_of(const char *user_name, int64_t now_s)
{
    krb5_principal principal = NULL;
    krb5_ccache cache = NULL;
    krb5_context krb5;
    bool has = false;

    if (krb5_init_context(&krb5) != 0)
        return false;
    if (krb5_cc_default(krb5, &cache) == 0 && krb5_cc_get_principal(krb5, cache, &principal) == 0)
        has =
            daotp__krb5_is_principal_of(principal, user_name) && cache_is_good(krb5, cache, now_s);
    krb5_free_principal(krb5, principal);
    if (cache != NULL)
        (void)krb5_cc_close(krb5, cache);
    krb5_free_context(krb5);
    return has;
}

bool daotp__logon_get_kdc_ahead(const daotp__logon *logon, int64_t *ahead_s)
{
    *ahead_s = logon->kdc_ahead_s;
    return logon->has_kdc_time;
}

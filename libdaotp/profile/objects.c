/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/objects.h"

#include "core/file.h"
#include "profile/value.h"
#include "x509/oid.h"

#include <string.h>
#include <sys/stat.h>

daotp_status daotp__profile_setter_status(const daotp__profile_use *use, daotp_status status,
                                          enum daotp__key_name key, size_t at)
{
    const daotp__profile_value *value = daotp__profile_value_at(use->profile, key, at);
    const daotp__profile_key *row = daotp__profile_key_row(key);
    char place[DAOTP__MAX_TEXT];

    if (status != DAOTP_USAGE || value == NULL)
        return status;
    daotp__profile_place(value, place, sizeof place);
    if (use->report != NULL)
        daotp__report_clear(use->report); /* the setter's finding names the argument */
    return daotp__report_add(use->report, DAOTP_FINDING_CONFIG_VALUE, 0, place,
                             "%s = %.200s, or one too many; wanted: %s", row->name, value->text,
                             daotp__value_wanted(row));
}

daotp_status daotp__profile_report_missing(const daotp__profile_use *use,
                                           enum daotp__key_name missing,
                                           enum daotp__key_name because)
{
    return daotp__report_add(use->report, DAOTP_FINDING_CONFIG_NEEDS, 0, use->profile->name,
                             "%s is missing, which %s needs", daotp__profile_key_row(missing)->name,
                             daotp__profile_key_row(because)->name);
}

daotp_status daotp__profile_check_pair(const daotp__profile_use *use, enum daotp__key_name one,
                                       enum daotp__key_name other)
{
    bool has_one = daotp__profile_text(use->profile, one) != NULL;
    bool has_other = daotp__profile_text(use->profile, other) != NULL;

    if (has_one == has_other)
        return DAOTP_OK;
    return has_one ? daotp__profile_report_missing(use, other, one)
                   : daotp__profile_report_missing(use, one, other);
}

daotp_status daotp__profile_add_texts(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_text_fn *add, void *object)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK; i++) {
        const daotp__profile_value *value = daotp__profile_value_at(use->profile, key, i);

        if (value == NULL)
            break;
        status = daotp__profile_setter_status(use, add(object, value->text), key, i);
    }
    return status;
}

/* ---- trust ----------------------------------------------------------------------------------- */

static daotp_status add_anchors(daotp_trust *trust, const char *value, daotp_report *report)
{
    struct stat st;

    if (strcmp(value, "system") == 0)
        return daotp_trust_add_system(trust, report);
    if (stat(value, &st) == 0 && S_ISDIR(st.st_mode))
        return daotp_trust_add_directory(trust, value, report);
    return daotp_trust_add_file(trust, value, report);
}

static daotp_status fill_trust(const daotp__profile_use *use, enum daotp__key_name anchors,
                               enum daotp__key_name crls, daotp_trust *trust)
{
    const daotp__profile_value *value;
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK; i++) {
        value = daotp__profile_value_at(use->profile, anchors, i);
        if (value == NULL)
            break;
        status = add_anchors(trust, value->text, use->report);
    }
    for (size_t i = 0; status == DAOTP_OK && crls != DAOTP__KEY_COUNT; i++) {
        value = daotp__profile_value_at(use->profile, crls, i);
        if (value == NULL)
            break;
        status = daotp_trust_add_crl_file(trust, value->text, use->report);
    }
    return status;
}

daotp_status daotp__profile_trust(const daotp__profile_use *use, enum daotp__key_name anchors,
                                  enum daotp__key_name crls, daotp_trust **trust)
{
    daotp_status status;

    *trust = NULL;
    if (daotp__profile_text(use->profile, anchors) == NULL) {
        if (crls != DAOTP__KEY_COUNT && daotp__profile_text(use->profile, crls) != NULL)
            return daotp__profile_report_missing(use, anchors, crls);
        return DAOTP_OK;
    }
    status = daotp_trust_new(use->profile->context, trust);
    if (status == DAOTP_OK)
        status = fill_trust(use, anchors, crls, *trust);
    if (status == DAOTP_OK)
        return DAOTP_OK;
    daotp_trust_unref(*trust);
    *trust = NULL;
    return status;
}

static enum daotp__key_name find_trust_key(const char *name, enum daotp__key_name *crls)
{
    static const struct {
        enum daotp__key_name anchors, crls;
    } pairs[] = {{DAOTP__KEY_TRUST, DAOTP__KEY_COUNT},
                 {DAOTP__KEY_CES_TRUST, DAOTP__KEY_COUNT},
                 {DAOTP__KEY_RADSEC_TRUST, DAOTP__KEY_COUNT},
                 {DAOTP__KEY_ISSUER_TRUST, DAOTP__KEY_ISSUER_CRL},
                 {DAOTP__KEY_CLIENT_TRUST, DAOTP__KEY_CLIENT_CRL}};
    enum daotp__key_name key = daotp__profile_key_find(name);

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (pairs[i].anchors == key) {
            *crls = pairs[i].crls;
            return key;
        }
    return DAOTP__KEY_COUNT;
}

daotp_status daotp_profile_make_trust(const daotp_profile *profile, const char *key,
                                      daotp_report *report, daotp_trust **trust)
{
    daotp__profile_use use = {.profile = profile, .report = report};
    enum daotp__key_name anchors, crls = DAOTP__KEY_COUNT;
    daotp_status status;

    if (trust != NULL)
        *trust = NULL;
    daotp__report_enter(report);
    if (profile == NULL || key == NULL || trust == NULL)
        return daotp__report_status(report, DAOTP_USAGE);
    anchors = find_trust_key(key, &crls);
    if (anchors == DAOTP__KEY_COUNT)
        return daotp__report_status(report, DAOTP_USAGE);
    status = daotp__profile_trust(&use, anchors, crls, trust);
    if (status == DAOTP_OK && *trust == NULL)
        status = daotp__report_add(report, DAOTP_FINDING_CONFIG_NEEDS, 0, profile->name,
                                   "%s is missing", key);
    return daotp__report_status(report, status);
}

/* ---- credentials, files ---------------------------------------------------------------------- */

daotp_status daotp__profile_credential(const daotp__profile_use *use, enum daotp__key_name cert,
                                       enum daotp__key_name key, daotp_credential **credential)
{
    daotp_status status = daotp__profile_check_pair(use, cert, key);

    *credential = NULL;
    if (status != DAOTP_OK || daotp__profile_text(use->profile, cert) == NULL)
        return status;
    return daotp_credential_load(use->profile->context, daotp__profile_text(use->profile, cert),
                                 daotp__profile_text(use->profile, key), use->report, credential);
}

daotp_status daotp__profile_add_files(const daotp__profile_use *use, enum daotp__key_name key,
                                      daotp__profile_add_fn *add, void *object)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; status == DAOTP_OK; i++) {
        const daotp__profile_value *value = daotp__profile_value_at(use->profile, key, i);
        daotp__buffer file;

        if (value == NULL)
            break;
        daotp__buffer_init(&file, DAOTP__MAX_FILE);
        status = daotp__file_read(value->text, false, &file, use->report);
        if (status == DAOTP_OK)
            status = add(object, file.data, file.len);
        daotp__buffer_free(&file);
        if (status == DAOTP_PEER)
            status = daotp__report_add(use->report, DAOTP_FINDING_TRUST_EMPTY, 0, value->text,
                                       "no certificate that can be read");
    }
    return status;
}

/* ---- fetching -------------------------------------------------------------------------------- */

static daotp_status set_fetch_limits(const daotp__profile_use *use, daotp_fetcher *fetcher)
{
    const char *bytes = daotp__profile_text(use->profile, DAOTP__KEY_FETCH_BYTES);
    const char *time = daotp__profile_text(use->profile, DAOTP__KEY_FETCH_TIMEOUT);
    daotp_status status = DAOTP_OK;

    if (bytes != NULL)
        status = daotp__profile_setter_status(
            use, daotp_fetcher_set_max_bytes(fetcher, daotp__value_number(bytes)),
            DAOTP__KEY_FETCH_BYTES, 0);
    if (status == DAOTP_OK && time != NULL)
        status = daotp__profile_setter_status(
            use, daotp_fetcher_set_timeout_ms(fetcher, daotp__value_ms(time)),
            DAOTP__KEY_FETCH_TIMEOUT, 0);
    return status;
}

static daotp_status allow_network(void *fetcher, const char *network)
{
    return daotp_fetcher_allow_network(fetcher, network);
}

static daotp_status fill_fetcher(const daotp__profile_use *use, daotp_fetcher *fetcher)
{
    const char *ldap = daotp__profile_text(use->profile, DAOTP__KEY_LDAP);
    const char *cache = daotp__profile_text(use->profile, DAOTP__KEY_CACHE);
    daotp_status status = set_fetch_limits(use, fetcher);

    if (status == DAOTP_OK)
        status = daotp__profile_add_texts(use, DAOTP__KEY_ALLOW, allow_network, fetcher);
    if (status == DAOTP_OK && ldap != NULL)
        status = daotp_fetcher_allow_ldap(fetcher, ldap);
    return status == DAOTP_OK && cache != NULL ? daotp_fetcher_set_cache(fetcher, cache) : status;
}

daotp_status daotp__profile_fetcher(const daotp__profile_use *use, daotp_fetcher **fetcher)
{
    daotp_status status;

    *fetcher = NULL;
    if (!daotp__profile_flag(use->profile, DAOTP__KEY_FETCH, false))
        return DAOTP_OK;
    status = daotp_fetcher_new(use->profile->context, fetcher);
    if (status == DAOTP_OK)
        status = fill_fetcher(use, *fetcher);
    if (status == DAOTP_OK)
        return DAOTP_OK;
    daotp_fetcher_unref(*fetcher);
    *fetcher = NULL;
    return status;
}

/* ---- the template ---------------------------------------------------------------------------- */

daotp_status daotp__profile_template(const daotp__profile_use *use, daotp__profile_template_fn *set,
                                     void *object)
{
    const char *text = daotp__profile_text(use->profile, DAOTP__KEY_TEMPLATE), *colon, *dot;
    char oid[DAOTP__OID_TEXT] = "", major[16] = "";
    int64_t numbers[2] = {-1, -1};
    size_t len;

    if (text == NULL)
        return DAOTP_OK;
    len = strcspn(text, ":");
    colon = text[len] == ':' ? text + len + 1 : NULL;
    dot = colon != NULL ? strchr(colon, '.') : NULL;
    if (len < sizeof oid)
        memcpy(oid, text, len);
    if (dot != NULL && (size_t)(dot - colon) < sizeof major) {
        memcpy(major, colon, (size_t)(dot - colon));
        numbers[0] = daotp__value_number(major);
        numbers[1] = daotp__value_number(dot + 1);
    }
    return daotp__profile_setter_status(use, set(object, oid, numbers[0], numbers[1]),
                                        DAOTP__KEY_TEMPLATE, 0);
}

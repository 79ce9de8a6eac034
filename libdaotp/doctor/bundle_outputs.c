/* SPDX-License-Identifier: BSD-2-Clause */
/* The output of certutil and of the Remote Access cmdlets. Only numbers and property names are
 * read, because they are the same in all languages of Windows. */
#include "doctor/bundle_outputs.h"
#include "doctor/bundle_lines.h"

#include <stdio.h>
#include <string.h>

enum { LINE_ROOM = 320, MOST_LINE = 2048 };

static daotp_status note_line(daotp__bundle_reader *reader, daotp_finding_number number,
                              daotp__bytes line)
{
    char text[LINE_ROOM];
    size_t len = line.len < LINE_ROOM - 1 ? line.len : LINE_ROOM - 1;

    memcpy(text, line.data, len);
    text[len] = '\0';
    return daotp__bundle_note(reader, number, text);
}

/* ---- certutil -dcinfo ------------------------------------------------------------------------ */

static bool is_kdc_certificate_missing(daotp__bytes line)
{
    static const char *const marks[] = {"No KDC Cert", "Kein KDC-Zert", "Keine KDC-Zert"};

    if (daotp__bundle_begins(line, "0 KDC"))
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (daotp__bundle_begins(line, marks[i]))
            return true;
    return false;
}

/* ---- certutil -verify and what failed -------------------------------------------------------- */

/* Whether there is an HRESULT of a failure here: "0x8" and seven hexadecimal digits. */
static bool is_failure_code(daotp__bytes line, size_t at)
{
    if (line.len - at < 10)
        return false;
    for (size_t i = at + 2; i < at + 10; i++)
        if (strchr("0123456789abcdefABCDEF", line.data[i]) == NULL || line.data[i] == '\0')
            return false;
    return true;
}

static bool has_failure_code(daotp__bytes line)
{
    size_t at = daotp__bundle_find(line, 0, "0x8");

    while (at != SIZE_MAX && !is_failure_code(line, at))
        at = daotp__bundle_find(line, at + 1, "0x8");
    return at != SIZE_MAX;
}

/* Whether the line is the error status of one certificate, and not 0. */
static bool is_chain_error(daotp__bytes line)
{
    return daotp__bundle_find(line, 0, "dwErrorStatus") != SIZE_MAX &&
           daotp__bundle_find(line, 0, "CERT_TRUST_") != SIZE_MAX;
}

/* Whether the line is about one URL of several. It may fail; the status of the chain says
 * whether the others were enough. */
static bool is_of_one_url(daotp__bytes line)
{
    return daotp__bundle_begins(line, "Error retrieving URL") ||
           daotp__bundle_begins(line, "Fehler beim Abrufen der URL");
}

static daotp_status read_certutil_line(daotp__bundle_reader *reader, daotp__bytes line)
{
    bool is_known;

    if (line.len == 0)
        return DAOTP_OK;
    if (line.len > MOST_LINE)
        return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_CUT,
                                  "a line of more than 2048 octets");
    if (is_kdc_certificate_missing(line))
        return note_line(reader, DAOTP_FINDING_LOGON_KDC_CERTIFICATE, line);
    if (is_of_one_url(line) || !(is_chain_error(line) || has_failure_code(line)))
        return DAOTP_OK;
    return daotp__bundle_explain(reader, line, "", &is_known);
}

/* ---- certutil -v -template ------------------------------------------------------------------- */

/* The properties of a template that certutil printed; -1: not printed. */
typedef struct shown_template {
    daotp__bytes name;
    int64_t enrolment_flags, name_flags, signatures;
    bool has_logon, has_ra_policy, is_ra;
    bool is_in_policies; /* the next lines belong to TemplatePropRAEKUs */
} shown_template;

static const shown_template no_template = {
    .enrolment_flags = -1, .name_flags = -1, .signatures = -1};

static const char ra_policy[] = "1.3.6.1.4.1.311.81.1.1", logon_oid[] = "1.3.6.1.4.1.311.20.2.2";

static void read_template_property(shown_template *shown, daotp__bytes key, daotp__bytes value)
{
    uint32_t number;
    bool is_number = daotp__bundle_number(value, 16, &number);

    if (daotp__bundle_begins(key, "TemplateProp"))
        shown->is_in_policies = daotp__bundle_begins(key, "TemplatePropRA") &&
                                !daotp__bundle_is(key, "TemplatePropRASignatureCount");
    if (!is_number)
        return;
    if (daotp__bundle_is(key, "TemplatePropEnrollmentFlags"))
        shown->enrolment_flags = number;
    if (daotp__bundle_is(key, "TemplatePropSubjectNameFlags"))
        shown->name_flags = number;
    if (daotp__bundle_is(key, "TemplatePropRASignatureCount"))
        shown->signatures = number;
}

static void read_template_line(shown_template *shown, daotp__bytes line)
{
    daotp__bytes key, value;

    if (daotp__bundle_split(line, '=', &key, &value))
        read_template_property(shown, key, value);
    if (daotp__bundle_find(line, 0, ra_policy) != SIZE_MAX) {
        shown->has_ra_policy = shown->has_ra_policy || shown->is_in_policies;
        shown->is_ra = shown->is_ra || !shown->is_in_policies;
    }
    if (daotp__bundle_find(line, 0, logon_oid) != SIZE_MAX && !shown->is_in_policies)
        shown->has_logon = true;
}

/* Whether this is the OTP logon template: it requires the OTP issuance policy, or it is for
 * smart card logon and requires a signature. */
static bool is_otp_logon_template(const shown_template *shown)
{
    bool is_named = daotp__bundle_find(shown->name, 0, "OTP") != SIZE_MAX;

    return shown->name.len > 0 && !shown->is_ra &&
           (shown->has_ra_policy || (is_named && shown->signatures >= 0));
}

static bool has_flag(int64_t flags, int64_t flag)
{
    return flags >= 0 && (flags & flag) != 0;
}

static daotp_status check_bundle_template(daotp__bundle_reader *reader, const shown_template *shown)
{
    const struct {
        bool is_wrong;
        daotp_finding_number number;
    } rules[] = {{shown->signatures >= 0 && shown->signatures != 1, DAOTP_FINDING_TPL_RASIG},
                 {!shown->has_ra_policy, DAOTP_FINDING_TPL_RAPOL},
                 {!shown->has_logon, DAOTP_FINDING_TPL_EKU},
                 {has_flag(shown->enrolment_flags, 0x4000), DAOTP_FINDING_TPL_NOREV},
                 {has_flag(shown->enrolment_flags, 0x80000), DAOTP_FINDING_TPL_NOSID},
                 {has_flag(shown->enrolment_flags, 0x2), DAOTP_FINDING_TPL_PENDING},
                 {has_flag(shown->name_flags, 0x10001), DAOTP_FINDING_TPL_NAME}};
    daotp_status status = DAOTP_OK;

    if (!is_otp_logon_template(shown))
        return DAOTP_OK;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && status == DAOTP_OK; i++)
        if (rules[i].is_wrong)
            status = note_line(reader, rules[i].number, shown->name);
    return status;
}

static daotp_status read_templates(daotp__bundle_reader *reader)
{
    shown_template shown = no_template;
    daotp__bytes line, key, value;
    daotp_status status = DAOTP_OK;
    size_t at = 0;

    while (status == DAOTP_OK && daotp__bundle_next_line(reader->text, &at, &line)) {
        if (daotp__bundle_begins(line, "TemplatePropCommonName") &&
            daotp__bundle_split(line, '=', &key, &value)) {
            status = check_bundle_template(reader, &shown);
            shown = no_template;
            shown.name = value;
        }
        read_template_line(&shown, line);
    }
    return status == DAOTP_OK ? check_bundle_template(reader, &shown) : status;
}

/* Whether the text has the line that certutil prints at its end in every language. */
static bool is_of_certutil(daotp__bytes text)
{
    static const char *const marks[] = {"CertUtil:",     "TemplatePropCommonName",
                                        "dwErrorStatus", "KDC Certificates for",
                                        "KDC certs for", "KDC-Zertifikat"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (daotp__bundle_find(text, 0, marks[i]) != SIZE_MAX)
            return true;
    return false;
}

daotp_status daotp__bundle_read_certutil(daotp__bundle_reader *reader, bool *found)
{
    daotp_status status = DAOTP_OK;
    daotp__bytes line;
    size_t at = 0;

    *found = is_of_certutil(reader->text);
    while (*found && status == DAOTP_OK && daotp__bundle_next_line(reader->text, &at, &line))
        status = read_certutil_line(reader, line);
    return *found && status == DAOTP_OK ? read_templates(reader) : status;
}

/* ---- Get-DAOtpAuthentication, Get-RemoteAccess, Get-RemoteAccessHealth, Get-DAClient ----------
 */

static bool is_empty_value(daotp__bytes value)
{
    return value.len == 0 || daotp__bundle_is(value, "{}") || daotp__bundle_is(value, "$null");
}

static bool is_needed_setting(daotp__bytes key)
{
    static const char *const needed[] = {"CAServer", "CAServers", "CertificateTemplateName",
                                         "RadiusServer", "SigningCertificateTemplateName"};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (daotp__bundle_is(key, needed[i]))
            return true;
    return false;
}

static bool is_status_of_otp(daotp__bytes key)
{
    return daotp__bundle_is(key, "OtpStatus") || daotp__bundle_is(key, "OtpAuthenticationStatus");
}

static daotp_status read_setting(daotp__bundle_reader *reader, daotp__bytes line, daotp__bytes key,
                                 daotp__bytes value, daotp__bytes component)
{
    char text[LINE_ROOM];

    if (is_status_of_otp(key) && daotp__bundle_is(value, "Disabled"))
        return note_line(reader, DAOTP_FINDING_BUNDLE_OTP_OFF, line);
    if (is_needed_setting(key) && is_empty_value(value))
        return note_line(reader, DAOTP_FINDING_BUNDLE_SETTING, key);
    if (!daotp__bundle_is(key, "HealthState") || !daotp__bundle_is(value, "Error"))
        return DAOTP_OK;
    (void)snprintf(text, sizeof text, "%.*s: HealthState Error",
                   component.len < LINE_ROOM / 2 ? (int)component.len : LINE_ROOM / 2,
                   (const char *)component.data);
    return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_HEALTH, text);
}

static bool is_of_remote_access(daotp__bytes text)
{
    static const char *const marks[] = {"SigningCertificateTemplateName",
                                        "OtpStatus",
                                        "HealthState",
                                        "OtpAuthenticationStatus",
                                        "ConnectToAddress",
                                        "DAStatus",
                                        "OnlyRemoteComputers"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (daotp__bundle_find(text, 0, marks[i]) != SIZE_MAX)
            return true;
    return false;
}

daotp_status daotp__bundle_read_settings(daotp__bundle_reader *reader, bool *found)
{
    daotp__bytes line, key, value, component = {(const uint8_t *)"", 0};
    daotp_status status = DAOTP_OK;
    size_t at = 0;

    *found = is_of_remote_access(reader->text);
    while (*found && status == DAOTP_OK && daotp__bundle_next_line(reader->text, &at, &line)) {
        if (!daotp__bundle_split(line, ':', &key, &value))
            continue;
        if (daotp__bundle_is(key, "Component"))
            component = value;
        status = read_setting(reader, line, key, value, component);
    }
    return status;
}

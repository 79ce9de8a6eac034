/* SPDX-License-Identifier: BSD-2-Clause */
/* What was collected on Windows, file by file: which kind it is taken for, and what it shows. The
 * outputs are written after those of Windows Server; no localized one was at hand. */
#include "builders.h"
#include "testing.h"

#include "core/limits.h"
#include "x509/pem.h"

#include <daotp/daotp.h>
#include <stdlib.h>
#include <string.h>

static daotp_context *context;
static daotp_doctor *doctor;

static int set_up(void **state)
{
    (void)state;
    return daotp_context_new(&context) == DAOTP_OK && daotp_doctor_new(context, &doctor) == DAOTP_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_doctor_free(doctor);
    daotp_context_unref(context);
    return 0;
}

/* A file, the name of its row, and the id of its error; NULL: it passes. */
typedef struct one_file {
    const char *what, *text, *kind, *error;
} one_file;

static const char *error_of_row(size_t row)
{
    const daotp_finding *error = daotp_report_get_error(daotp_doctor_get_row_report(doctor, row));

    return error != NULL ? daotp_finding_get_id(error) : "";
}

static bool row_has(size_t row, const char *id)
{
    const daotp_report *report = daotp_doctor_get_row_report(doctor, row);

    for (size_t i = 0; i < daotp_report_get_count(report); i++)
        if (strcmp(daotp_finding_get_id(daotp_report_get_finding(report, i)), id) == 0)
            return true;
    return false;
}

static void add_text(const char *name, const char *text)
{
    assert_int_equal(daotp_doctor_add_file(doctor, name, text, strlen(text)), DAOTP_OK);
}

static void expect_each(const one_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        daotp_status wanted = files[i].error != NULL ? DAOTP_REJECTED : DAOTP_OK;

        assert_int_equal(daotp_doctor_new(context, &doctor), DAOTP_OK);
        add_text(files[i].what, files[i].text);
        if (daotp_doctor_run(doctor) != wanted ||
            strcmp(daotp_doctor_get_name(doctor, 0), files[i].kind) != 0 ||
            (files[i].error != NULL && !row_has(0, files[i].error)))
            fail_msg("%s: %s", files[i].what, daotp_doctor_get_text(doctor));
        daotp_doctor_free(doctor);
        doctor = NULL;
    }
}

#define EACH(files) expect_each((files), sizeof(files) / sizeof(files)[0])

#define XML_EVENT(source, id, level, time, data)                                                   \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "      \
    "Name='" source "'/><EventID Qualifiers='0'>" id "</EventID><Level>" level                     \
    "</Level><TimeCreated SystemTime='" time "'/></System><EventData>" data "</EventData></Event>"

#define OTP_CLIENT "Microsoft-Windows-OtpCredentialProviderEvt"
#define KDC        "Microsoft-Windows-Kerberos-Key-Distribution-Center"

static void logs_are_read_in_each_form(void **state)
{
    static const one_file files[] = {
        {"XML", XML_EVENT(KDC, "19", "3", "2026-01-01T00:00:00Z", ""), "events",
         "LOGON-KDC-CERTIFICATE"},
        {"XML in double quotes",
         "<Events><Event xmlns=\"x\"><System><Provider Name=\"" KDC "\" /><EventID>19</EventID>"
         "<Level>3</Level></System></Event></Events>",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"CSV of Event Viewer",
         "Level,Date and Time,Source,Event ID,Task Category\r\nWarning,1/2/2026 9:00:00 AM," KDC
         ",19,None,\"a message, with \"\"quotes\"\"\r\nand lines\"\r\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"CSV of a German Event Viewer",
         "Ebene;Datum und Uhrzeit;Quelle;Ereignis-ID;Aufgabenkategorie\r\n"
         "Warnung;02.01.2026 09:00:00;" KDC ";29;Keine;\"eine Meldung\"\r\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"Export-Csv",
         "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
         "\"Message\",\"Id\",\"Version\",\"ProviderName\",\"LevelDisplayName\",\"TimeCreated\"\r\n"
         "\"a message\nof two lines\",\"19\",\"0\",\"" KDC "\",\"Warning\",\"1/2/2026 9:00\"\r\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"wevtutil",
         "Event[0]\n  Log Name: System\n  Source: " KDC "\n  Date: 2026-01-01T00:00:00"
         "\n  Event ID: 19\n  Level: Warning\n  Description:\nN/A\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"Format-List",
         "TimeCreated  : 1/2/2026 9:00:00 AM\nProviderName : " KDC
         "\nId           : 19\nMessage      : a message\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"German, pasted",
         "Protokollname: System\nQuelle:        " KDC
         "\nEreignis-ID:   29\nEbene:         Warnung\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"information", XML_EVENT(KDC, "19", "4", "2026-01-01T00:00:00Z", ""), "events", NULL},
        {"information, in German",
         "Protokollname: System\nQuelle: " KDC "\nEreignis-ID: 29\nEbene: Informationen\n",
         "events", NULL},
        {"CSV that quotes XML",
         "Level,Date and Time,Source,Event ID,Task Category\r\n"
         "Information,1/2/2026 9:00:00 AM,App,1,None,\"<EventID>7</EventID>\"\r\n"
         "Warning,1/2/2026 9:00:00 AM," KDC ",19,None,a message\r\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"text that quotes XML",
         "Source: " KDC "\nEvent ID: 19\nLevel: Warning\nDescription: <EventID>7</EventID>\n",
         "events", "LOGON-KDC-CERTIFICATE"},
        {"XML behind words",
         "copied from dc1:\n" XML_EVENT(KDC, "19", "3", "2026-01-01T00:00:00Z", ""), "events",
         "LOGON-KDC-CERTIFICATE"}};

    (void)state;
    daotp_doctor_free(doctor);
    EACH(files);
}

static void outputs_are_read(void **state)
{
    static const one_file files[] = {
        {"no KDC certificate", "** KDC Certificates for DC DC1\n\n0 KDC certs for DC1\n",
         "certutil", "LOGON-KDC-CERTIFICATE"},
        {"the same in German",
         "** KDC-Zertifikate f\xFCr DC DC1\r\n\r\n0 KDC-Zertifikate f\xFCr DC1\r\n", "certutil",
         "LOGON-KDC-CERTIFICATE"},
        {"a KDC certificate", "** KDC Certificates for DC DC1\n\n1 KDC certs for DC1\n", "certutil",
         NULL},
        {"a chain with an error",
         "ChainContext.dwErrorStatus = CERT_TRUST_IS_UNTRUSTED_ROOT (0x20)\n"
         "CertUtil: -verify command completed successfully.\n",
         "certutil", "BUNDLE-EVENT"},
        {"a code behind another number",
         "Flags 0x80, error 0x800B0109 (-2146762487)\nCertUtil: -verify command FAILED\n",
         "certutil", "BUNDLE-EVENT"},
        {"one URL of several",
         "ChainContext.dwErrorStatus=0\n  Error retrieving URL: Not found 0x80190194\n"
         "CertUtil: -verify command completed successfully.\n",
         "certutil", NULL},
        {"OTP is off", "OtpStatus : Disabled\n", "settings", "BUNDLE-OTP-OFF"},
        {"no CA", "OtpStatus : Enabled\nCAServer : {}\nSigningCertificateTemplateName : X\n",
         "settings", "BUNDLE-SETTING"},
        {"all is set",
         "OtpStatus : Enabled\nCAServer : {ca\\CA}\nRadiusServer : {10.0.0.1}\n"
         "SigningCertificateTemplateName : X\n",
         "settings", NULL},
        {"health", "Component : OTP\nHealthState : Error\n", "settings", "BUNDLE-HEALTH"},
        {"a message", "The request is not supported", "text", "LOGON-KDC-CERTIFICATE"},
        {"nothing known", "lorem ipsum dolor", "text", NULL},
        {"the name of a stage", "OTP\n", "text", NULL},
        {"an object identifier", "Purpose: 1.3.6.1.5.5.7.3.2\n", "text", NULL}};

    (void)state;
    daotp_doctor_free(doctor);
    EACH(files);
}

#define TEMPLATE(ekus, count, policies, flags, names)                                              \
    "  TemplatePropCommonName = DAOTPLogon\n  TemplatePropEKUs =\n1 ObjectIds:\n    " ekus         \
    "\n  TemplatePropRASignatureCount = " count                                                    \
    "\n  TemplatePropRAEKUs =\n1 ObjectIds:\n    " policies                                        \
    "\n  TemplatePropEnrollmentFlags = " flags "\n  TemplatePropSubjectNameFlags = " names         \
    "\nCertUtil: -Template command completed.\n"
#define LOGON "1.3.6.1.4.1.311.20.2.2 Smart Card Logon"
#define RA    "1.3.6.1.4.1.311.81.1.1 DA OTP RA"

static void templates_are_judged(void **state)
{
    static const one_file files[] = {
        {"good", TEMPLATE(LOGON, "1", RA, "1000 (4096)", "82000000"), "certutil", NULL},
        {"no signature", TEMPLATE(LOGON, "0", RA, "0", "82000000"), "certutil", "TPL-RASIG"},
        {"no policy", TEMPLATE(LOGON, "1", "1.2.3", "0", "82000000"), "certutil", "TPL-RAPOL"},
        {"no logon", TEMPLATE("1.2.3", "1", RA, "0", "82000000"), "certutil", "TPL-EKU"},
        {"no CRL", TEMPLATE(LOGON, "1", RA, "4000 (16384)", "82000000"), "certutil", "TPL-NOREV"},
        {"no SID", TEMPLATE(LOGON, "1", RA, "80000", "82000000"), "certutil", "TPL-NOSID"},
        {"pending", TEMPLATE(LOGON, "1", RA, "2", "82000000"), "certutil", "TPL-PENDING"},
        {"supplied", TEMPLATE(LOGON, "1", RA, "0", "1"), "certutil", "TPL-NAME"},
        {"another template",
         "  TemplatePropCommonName = User\n  TemplatePropEnrollmentFlags = 80002\n", "certutil",
         NULL}};

    (void)state;
    daotp_doctor_free(doctor);
    EACH(files);
}

/* 10001 came before a success and is over; after it, it counts. */
static void what_came_before_a_success_is_over(void **state)
{
    static const char before[] =
        XML_EVENT(OTP_CLIENT, "10001", "2", "2026-01-01T09:00:00.5Z", "<Data>12175</Data>")
            XML_EVENT(OTP_CLIENT, "10022", "4", "2026-01-02T08:00:00Z", "");
    static const char after[] = XML_EVENT(OTP_CLIENT, "10022", "4", "2026-01-01T08:00:00Z", "")
        XML_EVENT(OTP_CLIENT, "10001", "2", "2026-01-01T09:00:00Z", "<Data>12175</Data>");
    static const char american[] =
        "Level,Date and Time,Source,Event ID,Task Category\n"
        "Information,9/23/2026 1:31:30 PM," OTP_CLIENT ",10022,None,ok\n"
        "Error,9/23/2026 11:31:30 AM," OTP_CLIENT ",10001,None,12175\n"
        "Error,10/1/2025 9:00:00 AM," OTP_CLIENT ",10003,None,template\n";

    (void)state;
    add_text("a-before", before);
    add_text("b-after", after);
    add_text("c-american", american);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(daotp_doctor_get_subject(doctor, 0), "b-after");
    for (size_t row = 1; row < 3; row++) {
        assert_int_equal(daotp_doctor_get_state(doctor, row), DAOTP_PROBE_PASSED);
        assert_true(row_has(row, "BUNDLE-ENROLLED"));
    }
}

#define XML_EVENT_OF(user, id, time)                                                               \
    "<Event><System><Provider Name='" OTP_CLIENT "'/><EventID>" id "</EventID><Level>2</Level>"    \
    "<TimeCreated SystemTime='" time "'/><Security UserID='" user "'/></System>"                   \
    "<EventData><Data>12175</Data></EventData></Event>"

static void a_success_is_of_its_user(void **state)
{
    static const char others[] = XML_EVENT_OF("S-1-5-21-1-1001", "10001", "2026-01-01T09:00:00Z")
        XML_EVENT_OF("S-1-5-21-1-1002", "10022", "2026-01-02T09:00:00Z")
            XML_EVENT_OF("S-1-5-21-1-1001", "10022", "2025-12-31T09:00:00Z");
    static const char own[] = XML_EVENT_OF("S-1-5-21-1-1001", "10001", "2026-01-01T09:00:00Z")
        XML_EVENT_OF("S-1-5-21-1-1001", "10022", "2026-01-02T09:00:00Z");
    static const char service[] = XML_EVENT_OF("S-1-5-21-1-1001", "10001", "2026-01-01T09:00:00Z")
        XML_EVENT_OF("S-1-5-18", "10022", "2026-01-02T09:00:00Z");
    static const char pasted[] =
        "Source: " OTP_CLIENT "\nDate: 2026-01-01 09:00:00\nEvent ID: 10001\nLevel: Error\n"
        "User: CORP\\alice\nDescription: 12175\nUser: CORP\\bob\n"
        "Source: " OTP_CLIENT "\nDate: 2026-01-02 09:00:00\nEvent ID: 10022\nLevel: Information\n"
        "User: CORP\\bob\n";

    (void)state;
    add_text("a", others);
    add_text("b", pasted);
    add_text("c", own);
    add_text("d", service);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    for (size_t row = 0; row < 4; row++) {
        assert_int_equal(daotp_doctor_get_state(doctor, row),
                         row < 2 ? DAOTP_PROBE_FAILED : DAOTP_PROBE_PASSED);
        assert_true(row_has(row, "BUNDLE-ENROLLED"));
    }
}

/* An error whose time cannot be read may be after the success. */
static void an_error_without_a_time_is_told(void **state)
{
    static const char log[] = XML_EVENT(OTP_CLIENT, "10022", "4", "2026-01-02T08:00:00Z", "")
        XML_EVENT(OTP_CLIENT, "10001", "2", "?", "<Data>12175</Data>");
    static const char none[] = XML_EVENT(OTP_CLIENT, "10022", "4", "?", "")
        XML_EVENT(OTP_CLIENT, "10001", "2", "?", "<Data>12175</Data>");
    static const char british[] = "Level,Date and Time,Source,Event ID,Task Category\n"
                                  "Error,04/12/2026 09:00:00," OTP_CLIENT ",10001,None,12175\n"
                                  "Information,13/11/2026 09:00:00," OTP_CLIENT ",10022,None,ok\n";

    (void)state;
    add_text("a", log);
    add_text("b", none);
    add_text("c", british);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    for (size_t row = 0; row < 3; row++) {
        assert_int_equal(daotp_doctor_get_state(doctor, row), DAOTP_PROBE_FAILED);
        assert_true(row_has(row, "BUNDLE-ENROLLED"));
    }
}

/* An error is not lost behind as many warnings as are told once. */
static void an_error_after_many_notes_counts(void **state)
{
    enum { MANY = DAOTP__MAX_BUNDLE_NOTES + 10 };
    daotp__buffer log;

    (void)state;
    daotp__buffer_init(&log, DAOTP__MAX_BUNDLE_RECORD);
    for (unsigned i = 0; i < MANY; i++)
        daotp__buffer_format(&log,
                             "Source: App%u\nEvent ID: 1\nLevel: Error\nDescription: "
                             "RA-EXPIRING\n",
                             i);
    assert_int_equal(daotp_doctor_add_file(doctor, "warned", log.data, log.len), DAOTP_OK);
    daotp__buffer_format(&log, "Source: " KDC "\nEvent ID: 19\nLevel: Warning\n");
    assert_int_equal(log.failed, DAOTP_OK);
    assert_int_equal(daotp_doctor_add_file(doctor, "failed", log.data, log.len), DAOTP_OK);
    daotp__buffer_free(&log);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_int_equal(daotp_doctor_get_state(doctor, 0), DAOTP_PROBE_FAILED);
    assert_string_equal(daotp_doctor_get_subject(doctor, 0), "failed");
    assert_string_equal(error_of_row(0), "LOGON-KDC-CERTIFICATE");
    assert_int_equal(daotp_doctor_get_state(doctor, 1), DAOTP_PROBE_WARNED);
}

static void the_first_stage_stands_first(void **state)
{
    (void)state;
    add_text("1", "nothing");
    add_text("2", "0 KDC certs for DC1 CertUtil:\n");
    add_text("3", "OtpStatus : Disabled\n");
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(error_of_row(0), "BUNDLE-OTP-OFF");
    assert_string_equal(error_of_row(1), "LOGON-KDC-CERTIFICATE");
    assert_string_equal(daotp_doctor_get_subject(doctor, 2), "1");
}

static void add_certificate(const char *name, const daotp_key *key, certificate_plan plan)
{
    daotp__buffer der;

    plan.from = 1;
    plan.until = INT64_C(2500000000); /* after this test's own time, before 2050 */
    plan.key_usage = 0x20;            /* not digitalSignature, as an RA needs it */
    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    make_certificate(&plan, key, key, &der);
    assert_int_equal(daotp_doctor_add_file(doctor, name, der.data, der.len), DAOTP_OK);
    daotp__buffer_free(&der);
}

/* The last one alone has expired. */
static void add_many_certificates(const char *name, size_t count)
{
    daotp_key *key = test_key(context, "p256");
    daotp__buffer pem, der;

    daotp__buffer_init(&pem, DAOTP__MAX_FILE);
    for (size_t i = 0; i <= count; i++) {
        certificate_plan plan = {.subject = "CN=TLS",
                                 .eku = "1.3.6.1.5.5.7.3.1",
                                 .from = 1,
                                 .until = i < count ? INT64_C(2500000000) : 2};

        daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
        make_certificate(&plan, key, key, &der);
        daotp__pem_write(&pem, "CERTIFICATE", daotp__buffer_bytes(&der));
        daotp__buffer_free(&der);
    }
    daotp_key_unref(key);
    assert_int_equal(daotp_doctor_add_file(doctor, name, pem.data, pem.len), DAOTP_OK);
    daotp__buffer_free(&pem);
}

static void each_certificate_of_a_file_is_checked(void **state)
{
    (void)state;
    add_many_certificates("1-many", 100);
    add_many_certificates("2-too-many", 512);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(daotp_doctor_get_subject(doctor, 0), "1-many");
    assert_string_equal(error_of_row(0), "BUNDLE-EXPIRED");
    assert_string_equal(daotp_doctor_get_name(doctor, 1), "certificate");
    assert_string_equal(error_of_row(1), "LIMIT-SIZE");
    assert_int_equal(daotp_doctor_get_state(doctor, 1), DAOTP_PROBE_UNDECIDED);
}

/* The extended key usage says whose checklist a certificate has to pass; of a CA it limits what the
 * CA issues. */
static void the_checklist_is_that_of_the_purpose(void **state)
{
    daotp_key *key = test_key(context, "p256");

    (void)state;
    add_text("1", "nothing");
    add_certificate("2-a-ca", key, (certificate_plan){.subject = "CN=CA", .ca = true});
    add_certificate("3-another", key,
                    (certificate_plan){.subject = "CN=TLS", .eku = "1.3.6.1.5.5.7.3.1"});
    add_certificate("4-an-ra", key, (certificate_plan){.subject = "CN=RA"});
    daotp_key_unref(key);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(daotp_doctor_get_subject(doctor, 0), "4-an-ra"); /* it failed: in front */
    assert_string_equal(error_of_row(0), "RA-KU");
    for (size_t row = 1; row < 4; row++)
        assert_int_equal(daotp_doctor_get_state(doctor, row), DAOTP_PROBE_PASSED);
}

static void binary_and_large_files_are_named(void **state)
{
    static const char utf16[] = "\xFF\xFEO\0t\0p\0S\0t\0a\0t\0u\0s\0:\0D\0i\0s\0a\0b\0l\0e\0d\0";
    size_t len = 16 * 1024 * 1024 + 1;
    char *large = calloc(1, len);

    (void)state;
    assert_non_null(large);
    assert_int_equal(daotp_doctor_add_file(doctor, "a.evtx", "ElfFile\0\0\0", 10), DAOTP_OK);
    assert_int_equal(daotp_doctor_add_file(doctor, "large", large, len), DAOTP_OK);
    assert_int_equal(daotp_doctor_add_file(doctor, "utf16", utf16, sizeof utf16 - 1), DAOTP_OK);
    assert_int_equal(daotp_doctor_add_file(doctor, "v", utf16 + 2, sizeof utf16 - 3), DAOTP_OK);
    free(large);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_REJECTED);
    assert_string_equal(error_of_row(0), "BUNDLE-OTP-OFF");
    assert_string_equal(error_of_row(1), "BUNDLE-OTP-OFF"); /* without its byte order mark */
    assert_string_equal(error_of_row(2), "BUNDLE-EVTX");
    assert_string_equal(error_of_row(3), "LIMIT-SIZE");
    assert_int_equal(daotp_doctor_get_state(doctor, 3), DAOTP_PROBE_UNDECIDED);
}

/* The name comes from somebody else's archive, and is shown on a terminal. */
static void a_name_gives_no_command_to_a_terminal(void **state)
{
    (void)state;
    add_text("a\x1B[31m\nb\xFF", "nothing");
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_OK);
    assert_null(strchr(daotp_doctor_get_subject(doctor, 0), '\x1B'));
    assert_null(strchr(daotp_doctor_get_subject(doctor, 0), '\n'));
    assert_null(strchr(daotp_doctor_get_text(doctor), '\x1B'));
}

static void a_malformed_crl_is_told_as_a_crl(void **state)
{
    (void)state;
    add_text("1", "-----BEGIN X509 CRL-----\nMAMCAQA=\n-----END X509 CRL-----\n");
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_UNDECIDED);
    assert_null(strstr(daotp_doctor_get_text(doctor), "no certificate"));
    assert_non_null(strstr(daotp_doctor_get_text(doctor), "tbsCertList"));
}

/* A file of which a part was not read may be wrong there. */
static void expect_unread(const char *what, const char *text, size_t len, const char *id)
{
    assert_int_equal(daotp_doctor_new(context, &doctor), DAOTP_OK);
    assert_int_equal(daotp_doctor_add_file(doctor, what, text, len), DAOTP_OK);
    if (daotp_doctor_run(doctor) != DAOTP_UNDECIDED || !row_has(0, id))
        fail_msg("%s: %s", what, daotp_doctor_get_text(doctor));
    daotp_doctor_free(doctor);
    doctor = NULL;
}

#define GOOD_EVENT XML_EVENT("Somebody", "1", "4", "2026-11-30T09:00:00Z", "")

static void what_is_malformed_is_told(void **state)
{
    static const one_file files[] = {
        {"no whole event", "<Event><System><EventID>99999</EventID>", "", ""},
        {"an event without its end", GOOD_EVENT "<Event><System><Provider Name='" KDC "'/>", "",
         ""},
        {"an event that the next one follows", "<Event><System>" GOOD_EVENT, "", ""},
        {"an event without a number",
         GOOD_EVENT "<Event><System><Provider Name='a'/></System></Event>", "", ""},
        {"an event without a source", GOOD_EVENT "<Event><EventID>29</EventID></Event>", "", ""},
        {"a quote without its end", "Source,Event ID,Level\nSomebody,1,Information\na,2,\"Err\n",
         "", ""},
        {"a block that is no Base64",
         "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "", ""},
        {"a block without its end", "-----BEGIN CERTIFICATE-----\nMIIB\n", "", ""},
        {"a block that is no CRL", "-----BEGIN X509 CRL-----\nMAMCAQA=\n-----END X509 CRL-----\n",
         "", ""},
        {"a structure that is cut off", "0\x82\x03\x10", "", ""},
    };

    (void)state;
    daotp_doctor_free(doctor);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        expect_unread(files[i].what, files[i].text, strlen(files[i].text), "BUNDLE-MALFORMED");
}

/* A good certificate in front does not hide a bad one behind it. */
static void a_malformed_certificate_among_others_is_told(void **state)
{
    static const char bad[] = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    certificate_plan plan = {.subject = "CN=TLS", .from = 1, .until = INT64_C(2500000000)};
    daotp_key *key = test_key(context, "p256");
    daotp__buffer pem, der;

    (void)state;
    daotp_doctor_free(doctor);
    daotp__buffer_init(&der, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&pem, DAOTP__MAX_FILE);
    make_certificate(&plan, key, key, &der);
    daotp__pem_write(&pem, "CERTIFICATE", daotp__buffer_bytes(&der));
    daotp__buffer_add(&pem, bad, strlen(bad));
    expect_unread("a good one and a bad one", (const char *)pem.data, pem.len, "BUNDLE-MALFORMED");
    daotp__buffer_free(&pem);
    daotp__buffer_free(&der);
    daotp_key_unref(key);
}

/* `count` events, each as `form` says with its number. */
static void expect_cut(const char *what, size_t count, const char *form)
{
    size_t room = count * 400 + 1, len = 0;
    char *text = malloc(room);

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, room - len, form, (unsigned)(i + 1));
    expect_unread(what, text, len, "BUNDLE-CUT");
    free(text);
}

static void what_is_above_a_limit_is_told(void **state)
{
    size_t len = 20000;
    char *body = malloc(len), *text = malloc(2 * len);

    (void)state;
    assert_non_null(body);
    assert_non_null(text);
    daotp_doctor_free(doctor);
    expect_cut(
        "events", 100001,
        "<Event><System><Provider Name='a'/><EventID>1</EventID></System></Event><!-- %u -->");
    expect_cut("kinds of events", 257,
               "<Event><System><Provider Name='a'/><EventID>%u</EventID></System></Event>");
    memset(body, 'x', len);
    len =
        (size_t)snprintf(text, 2 * len, XML_EVENT(KDC, "29", "3", "2026", "%.*s"), (int)len, body);
    expect_unread("a long event", text, len, "BUNDLE-CUT");
    len = (size_t)snprintf(text, 2 * 20000, "%.*s 0x80070005\nCertUtil: done\n", 3000, body);
    expect_unread("a long line", text, len, "BUNDLE-CUT");
    free(body);
    free(text);
}

static void arguments_are_checked(void **state)
{
    (void)state;
    assert_int_equal(daotp_doctor_add_file(doctor, "", "a", 1), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_add_file(doctor, "a", NULL, 1), DAOTP_USAGE);
    for (unsigned i = 0; i < 256; i++)
        add_text("a", "");
    assert_int_equal(daotp_doctor_add_file(doctor, "a", "a", 1), DAOTP_USAGE);
    assert_int_equal(daotp_doctor_run(doctor), DAOTP_OK);
    assert_int_equal(daotp_doctor_get_count(doctor), 256);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(logs_are_read_in_each_form),
                                       TEST(outputs_are_read),
                                       TEST(templates_are_judged),
                                       TEST(what_came_before_a_success_is_over),
                                       TEST(an_error_without_a_time_is_told),
                                       TEST(a_success_is_of_its_user),
                                       TEST(an_error_after_many_notes_counts),
                                       TEST(each_certificate_of_a_file_is_checked),
                                       TEST(the_checklist_is_that_of_the_purpose),
                                       TEST(the_first_stage_stands_first),
                                       TEST(binary_and_large_files_are_named),
                                       TEST(a_name_gives_no_command_to_a_terminal),
                                       TEST(a_malformed_crl_is_told_as_a_crl),
                                       TEST(what_is_malformed_is_told),
                                       TEST(a_malformed_certificate_among_others_is_told),
                                       TEST(what_is_above_a_limit_is_told),
                                       TEST(arguments_are_checked)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

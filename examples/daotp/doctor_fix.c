/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_fix.h"

#include "tool.h"

#include <stdio.h>
#include <string.h>

/* What mends a finding, and where it is to be run. A word in capitals is to be filled in. */
typedef struct mend_commands {
    daotp_finding_number number;
    const char *where;               /* on which machine */
    const char *power_shell, *shell; /* NULL: none */
} mend_commands;

static const mend_commands mends[] = {
    {DAOTP_FINDING_LOGON_KDC_CERTIFICATE, "each domain controller",
     "certutil -dcinfo verify\n"
     "certutil -SetCATemplates +KerberosAuthentication # on the CA\n"
     "certutil -pulse\n"
     "certutil -dcinfo verify",
     NULL},
    {DAOTP_FINDING_LOGON_KDC_CERTIFICATE_LIKELY, "each domain controller",
     "certutil -dcinfo verify\n"
     "certutil -SetCATemplates +KerberosAuthentication # on the CA\n"
     "certutil -pulse",
     NULL},
    {DAOTP_FINDING_BUNDLE_OTP_OFF, "the DirectAccess server",
     "Enable-DAOtpAuthentication -CertificateTemplateName LOGON-TEMPLATE "
     "-SigningCertificateTemplateName RA-TEMPLATE -CAServer 'HOST\\CA' -RadiusServer RADIUS-HOST "
     "-SharedSecret SECRET\ngpupdate /force",
     NULL},
    {DAOTP_FINDING_BUNDLE_SETTING, "the DirectAccess server",
     "Get-DAOtpAuthentication | Format-List *\nSet-DAOtpAuthentication -CAServer 'HOST\\CA'\n"
     "gpupdate /force",
     NULL},
    {DAOTP_FINDING_NTAUTH_LIST, "a domain controller, as enterprise administrator",
     "certutil -dspublish -f CA.cer NTAuthCA\ngpupdate /force", NULL},
    {DAOTP_FINDING_NTAUTH_ABSENT, "a domain controller, as enterprise administrator",
     "certutil -dspublish -f CA.cer NTAuthCA\ngpupdate /force", NULL},
    {DAOTP_FINDING_TPL_UNPUBLISHED, "the CA", "certutil -SetCATemplates +LOGON-TEMPLATE", NULL},
    {DAOTP_FINDING_DIRECTORY_CA_EXPIRED, "a domain controller, as enterprise administrator",
     "certutil -dspublish -f CA.cer SubCA", NULL},
    {DAOTP_FINDING_AIA_ABSENT, "a domain controller, as enterprise administrator",
     "certutil -dspublish -f CA.cer SubCA", NULL},
    {DAOTP_FINDING_TPL_NOSID, "a domain controller",
     "certutil -dstemplate LOGON-TEMPLATE msPKI-Enrollment-Flag -0x80000", NULL},
    {DAOTP_FINDING_TPL_NOREV, "a domain controller",
     "certutil -dstemplate LOGON-TEMPLATE msPKI-Enrollment-Flag -0x4000", NULL},
    {DAOTP_FINDING_TPL_PENDING, "a domain controller",
     "certutil -dstemplate LOGON-TEMPLATE msPKI-Enrollment-Flag -0x2", NULL},
    {DAOTP_FINDING_CRL_STALE, "the CA", "certutil -crl", NULL},
    {DAOTP_FINDING_CRL_ENDS_SOON, "the CA", "certutil -crl", NULL},
    {DAOTP_FINDING_CERTIFICATE_ENDS_SOON, "the machine that the certificate is of",
     "certutil -pulse", NULL},
    {DAOTP_FINDING_OTP_REQUEST_REFUSED, "the DirectAccess server",
     "Get-DAOtpAuthentication | Format-List *\n"
     "Set-DAOtpAuthentication -CertificateTemplateName LOGON-TEMPLATE\ngpupdate /force",
     NULL},
    {DAOTP_FINDING_CLOCK_HERE, "this machine", "w32tm /query /status\nw32tm /resync",
     "chronyc tracking\nchronyc makestep"},
    {DAOTP_FINDING_CLOCK_THERE, "the machine that is named", "w32tm /query /status\nw32tm /resync",
     "chronyc tracking\nchronyc makestep"},
    {DAOTP_FINDING_CLOCK_SKEW, "the machine whose clock is wrong",
     "w32tm /query /status\nw32tm /resync", "chronyc tracking\nchronyc makestep"},
    {DAOTP_FINDING_CLOCK_DRIFT, "the machine whose clock is wrong",
     "w32tm /query /status\nw32tm /resync", "chronyc tracking\nchronyc makestep"},
    {DAOTP_FINDING_DNS_FAILED, "this machine", "Resolve-DnsName HOST", "resolvectl query HOST"},
    {DAOTP_FINDING_TCP_FAILED, "this machine", "Test-NetConnection HOST -Port 443",
     "nc -vz HOST 443"},
    {DAOTP_FINDING_CRL_UNREACHABLE, "this machine", "certutil -URL FILE", "curl -v URL"},
    {DAOTP_FINDING_FILE_OPEN_TO_OTHERS, "this machine", NULL, "chmod 600 FILE"}};

static const mend_commands *find_mend(daotp_finding_number number)
{
    for (size_t i = 0; i < sizeof mends / sizeof mends[0]; i++)
        if (mends[i].number == number)
            return &mends[i];
    return NULL;
}

/* A comment of one line: what a peer wrote must not become a command. */
static void put_comment(const char *label, const char *text)
{
    printf("# %s", label);
    for (; *text != '\0'; text++)
        putchar((unsigned char)*text < ' ' ? ' ' : *text);
    putchar('\n');
}

static void print_mend(const daotp_finding *finding, bool of_shell)
{
    daotp_finding_number number = daotp_finding_get_number(finding);
    const mend_commands *mend = find_mend(number);
    const char *commands = NULL;

    put_comment(daotp_catalogue_get_id(number), "");
    put_comment("  what:  ", daotp_catalogue_get_title(number));
    put_comment("  found: ", daotp_finding_get_found(finding));
    if (mend != NULL)
        commands = of_shell ? mend->shell : mend->power_shell;
    if (commands == NULL) {
        put_comment("  no command here: ", daotp_catalogue_get_hint(number));
        return;
    }
    put_comment("  on:    ", mend->where);
    printf("%s\n", commands);
}

static bool is_worth_mending(daotp_doctor *doctor, size_t row, const daotp_finding *finding)
{
    daotp_probe_state state = daotp_doctor_get_state(doctor, row);
    daotp_severity severity = daotp_finding_get_severity(finding);

    if (severity == DAOTP_SEVERITY_ERROR)
        return state == DAOTP_PROBE_FAILED || state == DAOTP_PROBE_UNDECIDED;
    return severity == DAOTP_SEVERITY_WARNING &&
           find_mend(daotp_finding_get_number(finding)) != NULL;
}

void doctor_fix_print(daotp_doctor *doctor, bool of_shell)
{
    put_comment("For review: read each command, and fill in the words in capitals.", "");
    for (size_t row = 0; row < daotp_doctor_get_count(doctor); row++) {
        const daotp_report *report = daotp_doctor_get_row_report(doctor, row);

        for (size_t i = 0; i < daotp_report_get_count(report); i++) {
            const daotp_finding *finding = daotp_report_get_finding(report, i);

            if (!is_worth_mending(doctor, row, finding))
                continue;
            putchar('\n');
            put_comment(daotp_doctor_get_name(doctor, row), "");
            put_comment("  at:    ", daotp_doctor_get_subject(doctor, row));
            print_mend(finding, of_shell);
        }
    }
}

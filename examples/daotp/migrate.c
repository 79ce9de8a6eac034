/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp migrate: what the cmdlets of a Windows OTP server print, as a profile for `daotp serve`.
 * Names of properties are the same in each language of Windows. What cannot be carried over is
 * said.
 */
#include "tool.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char help[] =
    "usage: daotp migrate [--out FILE] FILE...\n"
    "\n"
    "  FILE          what Get-DAOtpAuthentication, Get-RemoteAccess or\n"
    "                Get-RemoteAccessRadius printed, each by | Format-List * and with\n"
    "                > FILE; - is standard input\n"
    "  --out FILE    where the profile goes (standard output)\n"
    "\n"
    "What cannot be carried over stands in the profile as a comment, and is said.\n"
    "Ends with 78 when nothing of an OTP server was found.\n"
    "\n"
    "example: daotp migrate otp.txt access.txt radius.txt >daotp.conf\n";

enum { MAX_VALUE = 2048 };

typedef struct migration {
    FILE *out;
    size_t found;
    char radius[MAX_VALUE], port[16]; /* of the block that is read */
    bool is_for_otp;
} migration;

/* ---- what cannot be carried over ------------------------------------------------------------- */

static void say_missing(migration *m, const char *what, const char *value, const char *why)
{
    fprintf(m->out, "# not carried over: %s = %s: %s\n", what, value, why);
    tool_say("daotp migrate: not carried over: %s = %s: %s", what, value, why);
}

static void put_value(migration *m, const char *key, const char *value)
{
    fprintf(m->out, "%s = %s\n", key, value);
    m->found++;
}

/* "HOST:PORT"; an IPv6 address stands in brackets. */
static void put_host_port(migration *m, const char *key, const char *host, const char *port)
{
    bool is_bare_ipv6 = strchr(host, ':') != NULL && host[0] != '[';

    if (is_bare_ipv6)
        fprintf(m->out, "%s = [%s]:%s\n", key, host, port);
    else
        fprintf(m->out, "%s = %s:%s\n", key, host, port);
    m->found++;
}

/* ---- one property ---------------------------------------------------------------------------- */

/* Characters that would end the line or begin another in the file of the profile. */
static bool is_plain_value(const char *value)
{
    for (; *value != '\0'; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7F)
            return false;
    return true;
}

static void take_ca(migration *m, const char *value)
{
    if (strchr(value, '\\') != NULL)
        put_value(m, "issuing-ca", value);
    else
        say_missing(m, "CAServers", value, "no HOST\\NAME");
}

static void take_radius(migration *m, const char *value)
{
    if (strpbrk(value, " {}=") == NULL)
        put_value(m, "radius-server", value);
    else
        say_missing(m, "RadiusServer", value, "no name: give Get-RemoteAccessRadius too");
}

static void take_template(migration *m, const char *value)
{
    bool is_oid = strspn(value, "0123456789.") == strlen(value) && strchr(value, '.') != NULL;

    if (is_oid)
        put_value(m, "template", value);
    else
        say_missing(m, "CertificateTemplateName", value,
                    "a name; template = its OID: certutil -v -template NAME, TemplatePropOID");
    m->found++;
}

static void take_signing_template(migration *m, const char *value)
{
    say_missing(m, "SigningCertificateTemplateName", value,
                "enrol the signing certificate: daotp ra enroll --template OID; then ra-cert, "
                "ra-key");
}

static void take_group(migration *m, const char *value)
{
    say_missing(m, "UserSecurityGroupName", value,
                "who need no code there; here directory-group names who may log on with one");
}

static void take_address(migration *m, const char *value)
{
    put_host_port(m, "serve-listen", value, "443");
}

static void take_certificate(migration *m, const char *value)
{
    say_missing(m, "SslCertificate", value,
                "export it with its key, or have one issued: serve-cert, serve-key");
}

static void take_server_name(migration *m, const char *value)
{
    (void)snprintf(m->radius, sizeof m->radius, "%s", value);
}

static void take_port(migration *m, const char *value)
{
    int64_t port;

    if (tool_integer(value, 1, 65535, &port))
        (void)snprintf(m->port, sizeof m->port, "%lld", (long long)port);
}

static void take_purpose(migration *m, const char *value)
{
    m->is_for_otp = strcasecmp(value, "otp") == 0;
}

static const struct {
    const char *name;
    void (*take)(migration *m, const char *value);
} properties[] = {{"CAServers", take_ca},
                  {"CAServer", take_ca},
                  {"RadiusServer", take_radius},
                  {"CertificateTemplateName", take_template},
                  {"SigningCertificateTemplateName", take_signing_template},
                  {"UserSecurityGroupName", take_group},
                  {"ConnectToAddress", take_address},
                  {"SslCertificate", take_certificate},
                  {"ServerName", take_server_name},
                  {"AuthenticationPort", take_port},
                  {"Port", take_port},
                  {"Purpose", take_purpose}};

static void take_property(migration *m, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (strcasecmp(properties[i].name, name) != 0 || *value == '\0')
            continue;
        if (is_plain_value(value))
            properties[i].take(m, value);
        else
            say_missing(m, name, "(control characters)", "no text");
    }
}

/* ---- Format-List ----------------------------------------------------------------------------- */

static char *trim_text(char *text)
{
    char *end = text + strlen(text);

    while (*text == ' ' || *text == '\t')
        text++;
    while (end > text && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        *--end = '\0';
    return text;
}

/* "{one, two}" is a list; anything else is one value. A list that PowerShell cut ends in "...". */
static void take_values(migration *m, const char *name, char *value)
{
    size_t len = strlen(value);
    char *rest = NULL;

    if (len < 2 || *value != '{' || value[len - 1] != '}') {
        take_property(m, name, value);
        return;
    }
    value[len - 1] = '\0';
    for (char *one = strtok_r(value + 1, ",", &rest); one != NULL;
         one = strtok_r(NULL, ",", &rest)) {
        one = trim_text(one);
        if (strcmp(one, "...") == 0 || strcmp(one, "\xE2\x80\xA6") == 0)
            say_missing(m, name, one, "PowerShell cut the list: $FormatEnumerationLimit = -1");
        else
            take_property(m, name, one);
    }
}

/* A server of Get-RemoteAccessRadius, whose lines are a block. */
static void end_block(migration *m)
{
    if (m->radius[0] != '\0' && m->is_for_otp) {
        put_host_port(m, "radius-server", m->radius, m->port[0] != '\0' ? m->port : "1812");
    } else if (m->radius[0] != '\0') {
        say_missing(m, "ServerName", m->radius, "a RADIUS server of another purpose than Otp");
    }
    m->radius[0] = m->port[0] = '\0';
    m->is_for_otp = false;
}

/* "Name : value"; a value that is long goes on in lines that begin with blanks. */
static void take_lines(migration *m, char *text)
{
    char name[128] = "", value[MAX_VALUE] = "", *rest = text;

    while (rest != NULL) {
        char *line = strsep(&rest, "\n"), *colon = strstr(line, " : ");
        char *trimmed = trim_text(line);

        if (colon == NULL && *trimmed != '\0' && *line == ' ' && name[0] != '\0') {
            (void)snprintf(value + strlen(value), sizeof value - strlen(value), "%s", trimmed);
            continue;
        }
        take_values(m, name, trim_text(value));
        name[0] = value[0] = '\0';
        if (*trimmed == '\0')
            end_block(m);
        if (colon == NULL)
            continue;
        *colon = '\0';
        (void)snprintf(name, sizeof name, "%s", trim_text(line));
        (void)snprintf(value, sizeof value, "%s", trim_text(colon + 3));
    }
    take_values(m, name, trim_text(value));
    end_block(m);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int read_all(migration *m, char **files, int count)
{
    fputs("# made by daotp migrate; daotp serve --check says what is still missing\n[default]\n",
          m->out);
    for (int i = 0; i < count; i++) {
        char *text;
        size_t len;

        if (!tool_read_text(files[i], &text, &len))
            return TOOL_CONFIGURATION;
        take_lines(m, text);
        free(text);
    }
    if (m->found == 0) {
        tool_say("daotp migrate: nothing of an OTP server was found: Format-List * prints names");
        return TOOL_CONFIGURATION;
    }
    say_missing(m, "SharedSecret", "(Windows never shows it)",
                "set it anew on the RADIUS servers: radius-secret");
    return 0;
}

int cmd_migrate(int argc, char **argv)
{
    static const struct option options[] = {
        {"out", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
    migration m = {.out = NULL};
    const char *out = NULL;
    char *text = NULL;
    size_t len = 0;
    int c, which = 0, status;

    while ((c = tool_next_option("migrate", argc, argv, options, &which)) != -1) {
        if (c == 'h')
            return fputs(help, stdout) < 0;
        if (c != 'o')
            return tool_bad_option("migrate", c, options[which].name, optarg);
        out = optarg;
    }
    if (optind == argc)
        return tool_missing("migrate", "a FILE");
    m.out = open_memstream(&text, &len);
    if (m.out == NULL)
        return TOOL_MEMORY;
    status = read_all(&m, argv + optind, argc - optind);
    if (fclose(m.out) != 0)
        status = TOOL_MEMORY;
    if (status == 0 && out == NULL)
        status = fwrite(text, 1, len, stdout) != len;
    else if (status == 0 && !tool_replace_file(out, text, len, 0644)) {
        tool_say("daotp migrate: %s: %m", out);
        status = TOOL_CONFIGURATION;
    }
    free(text);
    return status;
}

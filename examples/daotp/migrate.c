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
    "Make a profile for daotp serve from the settings of a Windows OTP server.\n"
    "\n"
    "  FILE          the output of Get-DAOtpAuthentication, Get-RemoteAccess or\n"
    "                Get-RemoteAccessRadius, each written with | Format-List * >\n"
    "                FILE; - is standard input\n"
    "  --out FILE    the file for the profile (standard output)\n"
    "\n"
    "A setting that cannot be carried over is reported, and is a comment in the\n"
    "profile.\n"
    "The exit status is 78 if the files hold no settings of an OTP server.\n"
    "\n"
    "example: daotp migrate otp.txt access.txt radius.txt >daotp.conf\n";

enum { MAX_NAME = 128, MAX_VALUE = 2048 }; /* with the NUL */

typedef struct migration {
    FILE *out;
    size_t found;
    char name[MAX_NAME], value[MAX_VALUE]; /* of the property that is read */
    bool is_too_long;                      /* its value: the rest is not here */
    char radius[MAX_VALUE], port[16];      /* of the block that is read */
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
    else
        say_missing(m, "AuthenticationPort", value, "no port from 1 to 65535; 1812 is taken");
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
        if (m->is_too_long)
            say_missing(m, name, "(a long value)", "more than 2047 bytes; set it by hand");
        else if (is_plain_value(value))
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

/* PowerShell writes the first values of a long list, and "..." behind the last of them. */
static bool remove_list_cut(char *one)
{
    static const char *const marks[] = {"...", "\xE2\x80\xA6"};
    size_t len = strlen(one);

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t mark = strlen(marks[i]);

        if (len >= mark && strcmp(one + len - mark, marks[i]) == 0) {
            one[len - mark] = '\0';
            return true;
        }
    }
    return false;
}

/* "{one, two}" is a list; anything else is one value. */
static void take_values(migration *m, const char *name, char *value)
{
    size_t len = strlen(value);
    char *rest = NULL;

    if (m->is_too_long || len < 2 || *value != '{' || value[len - 1] != '}') {
        take_property(m, name, value);
        return;
    }
    value[len - 1] = '\0';
    for (char *one = strtok_r(value + 1, ",", &rest); one != NULL;
         one = strtok_r(NULL, ",", &rest)) {
        bool is_cut;

        one = trim_text(one);
        is_cut = remove_list_cut(one);
        take_property(m, name, one);
        if (is_cut)
            say_missing(m, name, "...", "PowerShell cut the list: $FormatEnumerationLimit = -1");
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

static void add_to_value(migration *m, const char *text)
{
    size_t used = strlen(m->value), room = sizeof m->value - used;

    m->is_too_long = m->is_too_long || strlen(text) >= room;
    (void)snprintf(m->value + used, room, "%s", text);
}

static void end_property(migration *m)
{
    take_values(m, m->name, trim_text(m->value));
    m->name[0] = m->value[0] = '\0';
    m->is_too_long = false;
}

/* "Name : value"; a value that is long goes on in lines that begin with blanks. */
static void take_lines(migration *m, char *text)
{
    char *rest = text;

    while (rest != NULL) {
        char *line = strsep(&rest, "\n"), *colon = strstr(line, " : ");
        char *trimmed = trim_text(line);

        if (colon == NULL && *trimmed != '\0' && *line == ' ' && m->name[0] != '\0') {
            add_to_value(m, trimmed);
            continue;
        }
        end_property(m);
        if (*trimmed == '\0')
            end_block(m);
        if (colon == NULL)
            continue;
        *colon = '\0';
        (void)snprintf(m->name, sizeof m->name, "%s", trim_text(line));
        add_to_value(m, trim_text(colon + 3));
    }
    end_property(m);
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
        tool_say("daotp migrate: the files hold no settings of an OTP server; write them on "
                 "Windows with: "
                 "Get-DAOtpAuthentication | Format-List * > otp.txt");
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

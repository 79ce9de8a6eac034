/* SPDX-License-Identifier: BSD-2-Clause */
/* daotp enroll: the enrolment on a terminal. */
#include "enroll.h"
#include "key_maker.h"
#include "renew.h"
#include "store_secret.h"
#include "tool.h"

#include "interrupt.h"
#include "page.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: daotp enroll [--profile NAME] [OPTION...]\n"
    "\n"
    "Settings without an option come from a profile, which daotp config show prints.\n"
    "Without a profile, --url, --user, --trust and --template are needed.\n"
    "\n"
    "  --profile NAME         the profile (default); see daotp.conf(5)\n"
    "  --url URL              the OTP service, with its path; may be given again\n"
    "  --user NAME            DOMAIN\\user or UPN\n"
    "  --upn UPN, --dn DN, --sid SID  the user's names and SID in the directory\n"
    "  --trust FILE|DIR|system   roots for the servers' certificates, PEM; may be\n"
    "                         given again\n"
    "  --cert FILE --key FILE this machine's certificate and key, for TLS\n"
    "  --template OID[:MAJOR.MINOR]   the OTP logon template\n"
    "  --ca auto|rpc|dcom|wstep   how the request is submitted to the CA: rpc is\n"
    "                         ICPR, wstep the web service; auto tries ICPR, then\n"
    "                         DCOM, then the web service if one is set. Unless given:\n"
    "                         wstep if a web service is set, otherwise auto\n"
    "  --ticket-cache NAME    Kerberos tickets of the user for RPC\n"
    "                         (FILE:/tmp/krb5cc_1000); unless given, the default\n"
    "                         cache; without a ticket, the domain password is used\n"
    "  --armor-cache NAME     the machine's ticket for FAST armour (RFC 6113)\n"
    "  --ca-realm REALM, --ca-kdc HOST:PORT   realm of the domain password, and its\n"
    "                         KDC; unless given, from krb5.conf or DNS\n"
    "  --ca-mechanism spnego|kerberos   the security mechanism of RPC (spnego)\n"
    "  --ca-mapper-port N     TCP port of the CA's endpoint mapper (135)\n"
    "  --ces-url URL          the enrolment service; unless given, made from the CA's\n"
    "                         name\n"
    "  --ces-template URL     template of that URL with {host}, {ca}, {method}\n"
    "  --ca-host HOST|.SUFFIX a host that the OTP server may name as the CA's, or\n"
    "                         every host below a suffix; may be given again; needed\n"
    "                         unless the URL has one\n"
    "  --ces-auth any|username|negotiate|certificate\n"
    "                         any (the default): the method that the URL names; if it\n"
    "                         names none, a ticket of the user, or name and password\n"
    "  --ces-trust FILE       roots for the web service (those of --trust)\n"
    "  --domain-user NAME     the user name for the CA; --user unless given\n"
    "  --password-file FILE   the domain password; unless given, asked for on the\n"
    "                         terminal\n"
    "  --password-fd N        the same from a descriptor\n"
    "  --request-file FILE --certificate-file FILE   submit by hand: write the\n"
    "                         request, and wait for the certificate\n"
    "  --otp-fd N             the code from a descriptor; unless given, asked for on\n"
    "                         the terminal\n"
    "  --key-kind rsa2048|rsa3072|rsa4096|p256|p384  (rsa2048)\n"
    "  --csr FILE --csr-key FILE   an existing request, DER or PEM, and its key\n"
    "  --pending-key FILE     where the key is written if the CA leaves the request\n"
    "                         pending, for --resume\n"
    "  --resume ID --issuing-ca 'HOST\\NAME'  get the certificate of a pending\n"
    "                         request, without a code; with --pending-key or\n"
    "                         --csr-key\n"
    "  --store URI            where the credential is kept: a folder, or a URI as in\n"
    "                         daotp store --help; --no-store for nowhere\n"
    "    --passphrase-fd N, --pin-fd N   its passphrase or PIN, from a descriptor;\n"
    "                         unless given, asked for on the terminal\n"
    "    --plugins FOLDER     where plug-ins are loaded from\n"
    "  --label LABEL          the label of the entry; the UPN unless given\n"
    "  --renew                do nothing while the store has a certificate with this\n"
    "                         --label, or else with this UPN and template, that is\n"
    "    --renew-before S     valid for more than S seconds (600)\n"
    "  --issuer-trust FILE    roots for the issued certificate: verify its path and\n"
    "                         revocation; with\n"
    "    --issuer-crl FILE, --revocation require|prefer|ignore (require), and\n"
    "    --ntauth FILE        the CAs that may issue for logon\n"
    "  --fetch                fetch CRLs, issuers and OCSP answers that are missing,\n"
    "                         for --issuer-trust and --server-revocation; with\n"
    "    --allow NETWORK, --ldap SERVER, --cache DIR, --fetch-timeout S,\n"
    "    --fetch-bytes N\n"
    "  --logon                log on at a KDC with the certificate; with\n"
    "                         --kdc HOST:PORT, --realm R, --kdc-trust FILE\n"
    "  --timeout S            time-out of each part (60)\n"
    "  --deadline S           time-out of both parts together, without the time in\n"
    "                         which the code is typed (none)\n"
    "  --connect-timeout S    time-out of name, TCP and TLS of one server (10)\n"
    "  --proxy URL, --environment-proxy, --no-preflight, --tls12\n"
    "  --server-rules path|strict|webpki   for the TLS servers' certificates (path)\n"
    "  --server-revocation require|prefer|ignore   revocation of the OTP server's TLS\n"
    "                         certificate (ignore: it is not checked)\n"
    "  --ignore-head          send HEAD before the code, and ignore the answer\n"
    "  --max-lifetime S       longest lifetime of a certificate that is accepted\n"
    "                         (14400)\n"
    "  --json                 the report as JSON\n"
    "\n"
    "example: daotp enroll\n"
    "         daotp enroll --url https://da.example.com/otp --user 'CORP\\alice' \\\n"
    "  --upn alice@corp.example --trust root.pem --cert host.pem --key host.key \\\n"
    "  --template 1.3.6.1.4.1.311.21.8.1.2.3 --ca-host .corp.example\n";

typedef struct settings {
    const char *user, *upn, *dn, *sid, *cert, *key, *template, *store, *label;
    const char *ca_way, *ticket_cache, *armor_cache, *ca_realm, *ca_kdc, *ca_mechanism;
    const char *ces_url, *ces_template, *ces_auth, *domain_user, *password_file;
    const char *request_file, *certificate_file, *key_kind, *proxy, *kdc, *realm, *kdc_trust;
    const char *revocation, *server_revocation, *ldap, *cache, *csr, *csr_key, *pending_key;
    const char *resume, *issuing_ca;
    tool_list ntauth;
    daotp_key_kind kind; /* what key_kind says */
    tool_list trust, ces_trust, issuer_trust, issuer_crl, allow;
    const char *urls[16], *ca_hosts[64];
    size_t url_count, ca_host_count;
    int otp_fd, password_fd;
    int64_t mapper_port, fetch_bytes, renew_before_s;
    store_secrets secrets;
    double timeout_s, deadline_s, connect_timeout_s,
        fetch_timeout_s; /* the last two: 0 where not given */
    int64_t max_lifetime_s;
    const char *server_rules;
    bool no_store, renew, logon, environment_proxy, no_preflight, ignore_head, tls12, json, fetch;
    bool may_ask; /* the password is asked for when it is known for which host */
    tool_secret password;
} settings;

enum {
    URL = 256,
    USER,
    UPN,
    DN,
    SID,
    TRUST,
    CERT,
    KEY,
    TEMPLATE,
    CA_WAY,
    TICKET_CACHE,
    ARMOR_CACHE,
    CA_REALM,
    CA_KDC,
    CA_MECHANISM,
    CA_MAPPER_PORT,
    CES_URL,
    CES_TEMPLATE,
    CA_HOST,
    CES_AUTH,
    CES_TRUST,
    DOMAIN_USER,
    PASSWORD_FILE,
    PASSWORD_FD,
    REQUEST_FILE,
    CERTIFICATE_FILE,
    OTP_FD,
    KEY_KIND,
    CSR,
    CSR_KEY,
    PENDING_KEY,
    RESUME,
    ISSUING_CA,
    STORE,
    NO_STORE,
    PASSPHRASE_FD,
    PIN_FD,
    PLUGINS,
    RENEW,
    RENEW_BEFORE,
    LABEL,
    LOGON,
    KDC,
    REALM,
    KDC_TRUST,
    ISSUER_TRUST,
    ISSUER_CRL,
    REVOCATION,
    FETCH,
    ALLOW,
    LDAP,
    CACHE,
    FETCH_TIMEOUT,
    FETCH_BYTES,
    NTAUTH,
    TIMEOUT,
    DEADLINE,
    CONNECT_TIMEOUT,
    PROXY,
    ENVIRONMENT_PROXY,
    NO_PREFLIGHT,
    TLS12,
    SERVER_RULES,
    SERVER_REVOCATION,
    IGNORE_HEAD,
    MAX_LIFETIME,
    JSON,
    HELP
};

static const struct option options[] = {
    {"url", required_argument, NULL, URL},
    {"user", required_argument, NULL, USER},
    {"upn", required_argument, NULL, UPN},
    {"dn", required_argument, NULL, DN},
    {"sid", required_argument, NULL, SID},
    {"trust", required_argument, NULL, TRUST},
    {"cert", required_argument, NULL, CERT},
    {"key", required_argument, NULL, KEY},
    {"template", required_argument, NULL, TEMPLATE},
    {"ca", required_argument, NULL, CA_WAY},
    {"ticket-cache", required_argument, NULL, TICKET_CACHE},
    {"armor-cache", required_argument, NULL, ARMOR_CACHE},
    {"ca-realm", required_argument, NULL, CA_REALM},
    {"ca-kdc", required_argument, NULL, CA_KDC},
    {"ca-mechanism", required_argument, NULL, CA_MECHANISM},
    {"ca-mapper-port", required_argument, NULL, CA_MAPPER_PORT},
    {"ces-url", required_argument, NULL, CES_URL},
    {"ces-template", required_argument, NULL, CES_TEMPLATE},
    {"ca-host", required_argument, NULL, CA_HOST},
    {"ces-auth", required_argument, NULL, CES_AUTH},
    {"ces-trust", required_argument, NULL, CES_TRUST},
    {"domain-user", required_argument, NULL, DOMAIN_USER},
    {"password-file", required_argument, NULL, PASSWORD_FILE},
    {"password-fd", required_argument, NULL, PASSWORD_FD},
    {"request-file", required_argument, NULL, REQUEST_FILE},
    {"certificate-file", required_argument, NULL, CERTIFICATE_FILE},
    {"otp-fd", required_argument, NULL, OTP_FD},
    {"key-kind", required_argument, NULL, KEY_KIND},
    {"csr", required_argument, NULL, CSR},
    {"csr-key", required_argument, NULL, CSR_KEY},
    {"pending-key", required_argument, NULL, PENDING_KEY},
    {"resume", required_argument, NULL, RESUME},
    {"issuing-ca", required_argument, NULL, ISSUING_CA},
    {"store", required_argument, NULL, STORE},
    {"no-store", no_argument, NULL, NO_STORE},
    {"passphrase-fd", required_argument, NULL, PASSPHRASE_FD},
    {"pin-fd", required_argument, NULL, PIN_FD},
    {"plugins", required_argument, NULL, PLUGINS},
    {"renew", no_argument, NULL, RENEW},
    {"renew-before", required_argument, NULL, RENEW_BEFORE},
    {"label", required_argument, NULL, LABEL},
    {"logon", no_argument, NULL, LOGON},
    {"kdc", required_argument, NULL, KDC},
    {"realm", required_argument, NULL, REALM},
    {"kdc-trust", required_argument, NULL, KDC_TRUST},
    {"issuer-trust", required_argument, NULL, ISSUER_TRUST},
    {"issuer-crl", required_argument, NULL, ISSUER_CRL},
    {"revocation", required_argument, NULL, REVOCATION},
    {"fetch", no_argument, NULL, FETCH},
    {"allow", required_argument, NULL, ALLOW},
    {"ldap", required_argument, NULL, LDAP},
    {"cache", required_argument, NULL, CACHE},
    {"fetch-timeout", required_argument, NULL, FETCH_TIMEOUT},
    {"fetch-bytes", required_argument, NULL, FETCH_BYTES},
    {"ntauth", required_argument, NULL, NTAUTH},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"deadline", required_argument, NULL, DEADLINE},
    {"connect-timeout", required_argument, NULL, CONNECT_TIMEOUT},
    {"proxy", required_argument, NULL, PROXY},
    {"environment-proxy", no_argument, NULL, ENVIRONMENT_PROXY},
    {"no-preflight", no_argument, NULL, NO_PREFLIGHT},
    {"tls12", no_argument, NULL, TLS12},
    {"server-rules", required_argument, NULL, SERVER_RULES},
    {"server-revocation", required_argument, NULL, SERVER_REVOCATION},
    {"ignore-head", no_argument, NULL, IGNORE_HEAD},
    {"max-lifetime", required_argument, NULL, MAX_LIFETIME},
    {"json", no_argument, NULL, JSON},
    {"help", no_argument, NULL, HELP},
    {0}};

/* The options that are only a text, by their number. */
static const char **text_slot(settings *s, int option)
{
    switch (option) {
    case USER:
        return &s->user;
    case UPN:
        return &s->upn;
    case DN:
        return &s->dn;
    case SID:
        return &s->sid;
    case CERT:
        return &s->cert;
    case KEY:
        return &s->key;
    case TEMPLATE:
        return &s->template;
    case CA_WAY:
        return &s->ca_way;
    case TICKET_CACHE:
        return &s->ticket_cache;
    case ARMOR_CACHE:
        return &s->armor_cache;
    case LDAP:
        return &s->ldap;
    case CACHE:
        return &s->cache;
    case CA_REALM:
        return &s->ca_realm;
    case CA_KDC:
        return &s->ca_kdc;
    case CA_MECHANISM:
        return &s->ca_mechanism;
    case CES_URL:
        return &s->ces_url;
    case CES_TEMPLATE:
        return &s->ces_template;
    case CES_AUTH:
        return &s->ces_auth;
    case DOMAIN_USER:
        return &s->domain_user;
    case PASSWORD_FILE:
        return &s->password_file;
    case REQUEST_FILE:
        return &s->request_file;
    case CERTIFICATE_FILE:
        return &s->certificate_file;
    case KEY_KIND:
        return &s->key_kind;
    case CSR:
        return &s->csr;
    case CSR_KEY:
        return &s->csr_key;
    case PENDING_KEY:
        return &s->pending_key;
    case RESUME:
        return &s->resume;
    case ISSUING_CA:
        return &s->issuing_ca;
    case STORE:
        return &s->store;
    case LABEL:
        return &s->label;
    case PLUGINS:
        return &s->secrets.plugins;
    case KDC:
        return &s->kdc;
    case REALM:
        return &s->realm;
    case KDC_TRUST:
        return &s->kdc_trust;
    case REVOCATION:
        return &s->revocation;
    case SERVER_REVOCATION:
        return &s->server_revocation;
    case PROXY:
        return &s->proxy;
    default:
        return NULL;
    }
}

/* One that may be given again. */
static bool add_text(const char **texts, size_t max, size_t *count)
{
    if (*count == max)
        return false;
    texts[(*count)++] = optarg;
    return true;
}

static tool_list *list_slot(settings *s, int option)
{
    switch (option) {
    case TRUST:
        return &s->trust;
    case CES_TRUST:
        return &s->ces_trust;
    case ISSUER_TRUST:
        return &s->issuer_trust;
    case ISSUER_CRL:
        return &s->issuer_crl;
    case ALLOW:
        return &s->allow;
    default:
        return NULL;
    }
}

static const char *list_option_name(int number)
{
    size_t at = 0;

    while (options[at].name != NULL && options[at].val != number)
        at++;
    return options[at].name;
}

static bool take_option(settings *s, int option)
{
    const char **slot = text_slot(s, option);
    tool_list *list = list_slot(s, option);

    if (list != NULL)
        return tool_list_add("enroll", list_option_name(option), list, optarg);
    if (slot != NULL) {
        *slot = optarg;
        return true;
    }
    switch (option) {
    case URL:
        return add_text(s->urls, sizeof s->urls / sizeof s->urls[0], &s->url_count);
    case CA_HOST:
        return add_text(s->ca_hosts, sizeof s->ca_hosts / sizeof s->ca_hosts[0], &s->ca_host_count);
    case CA_MAPPER_PORT:
        return tool_integer(optarg, 1, UINT16_MAX, &s->mapper_port);
    case PASSWORD_FD:
        return tool_descriptor(optarg, &s->password_fd);
    case OTP_FD:
        return tool_descriptor(optarg, &s->otp_fd);
    case TIMEOUT:
        return tool_seconds(optarg, &s->timeout_s);
    case DEADLINE:
        return tool_seconds(optarg, &s->deadline_s);
    case CONNECT_TIMEOUT:
        return tool_seconds(optarg, &s->connect_timeout_s);
    case FETCH_TIMEOUT:
        return tool_seconds(optarg, &s->fetch_timeout_s);
    case FETCH_BYTES:
        return tool_integer(optarg, 1, INT64_MAX, &s->fetch_bytes);
    case MAX_LIFETIME:
        return tool_integer(optarg, 1, INT64_MAX, &s->max_lifetime_s);
    case NO_STORE:
        return s->no_store = true;
    case PASSPHRASE_FD:
        return tool_descriptor(optarg, &s->secrets.passphrase_fd);
    case PIN_FD:
        return tool_descriptor(optarg, &s->secrets.pin_fd);
    case RENEW:
        return s->renew = true;
    case RENEW_BEFORE:
        return tool_integer(optarg, 0, INT64_MAX, &s->renew_before_s);
    case LOGON:
        return s->logon = true;
    case ENVIRONMENT_PROXY:
        return s->environment_proxy = true;
    case NO_PREFLIGHT:
        return s->no_preflight = true;
    case IGNORE_HEAD:
        return s->ignore_head = true;
    case NTAUTH:
        return tool_list_add("enroll", "ntauth", &s->ntauth, optarg);
    case SERVER_RULES:
        s->server_rules = optarg;
        return true;
    case TLS12:
        return s->tls12 = true;
    case FETCH:
        return s->fetch = true;
    case JSON:
        return s->json = true;
    default:
        return false;
    }
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static void cancel_client(void *client)
{
    daotp_client_cancel(client);
}

/* A line a stage. On a terminal a stage that is under way is shown at once. */
static void on_progress(void *user, daotp_stage stage, daotp_stage_state state)
{
    const settings *s = user;
    bool tty = isatty(STDERR_FILENO);

    if (s->json)
        return;
    if (state == DAOTP_STAGE_RUNNING && tty)
        fprintf(stderr, "%-11s ...\r", daotp_stage_name(stage));
    else if (state != DAOTP_STAGE_RUNNING)
        fprintf(stderr, "%-11s %s\n", daotp_stage_name(stage), daotp_stage_state_name(state));
}

static const char *domain_user(const settings *s)
{
    return s->domain_user != NULL ? s->domain_user : s->user;
}

static bool ask_password(settings *s, const char *host, size_t host_len, daotp_host_origin origin)
{
    char prompt[512];

    snprintf(prompt, sizeof prompt, "Domain password of %s, for %.*s (%s)", domain_user(s),
             (int)host_len, host,
             origin == DAOTP_HOST_CONFIGURED ? "configured" : "named by the OTP server");
    return tool_secret_ask(prompt, &s->password);
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    settings *s = user;

    /* which host it is for is known only now, where the OTP server named it */
    if (s->password.len == 0 && s->may_ask && !ask_password(s, host, strlen(host), origin))
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    if (attempt > 1 || s->password.len == 0)
        return DAOTP_CONFIGURATION; /* what was refused is not given again */
    return daotp_domain_credential_set(answer, domain_user(s), s->password.bytes, s->password.len);
}

static bool has_web_service(const settings *s)
{
    return s->ces_url != NULL || s->ces_template != NULL || s->ces_auth != NULL;
}

/* How the request goes to the CA: its place in the list of --ca; -1 when it is none. */
enum { CA_AUTO, CA_RPC, CA_DCOM, CA_WSTEP };

static int find_ca_way(const settings *s)
{
    static const char *const names[] = {"auto", "rpc", "dcom", "wstep", NULL};
    int way;

    if (s->ca_way == NULL)
        return has_web_service(s) ? CA_WSTEP : CA_AUTO;
    return tool_choose_option("enroll", "ca", s->ca_way, names, &way) ? way - 1 : -1;
}

static bool is_by_rpc(const settings *s)
{
    return s->request_file == NULL && find_ca_way(s) != CA_WSTEP;
}

/* Not by hand, nor with a certificate; nor with a ticket that the user insists on. */
static bool can_need_password(const settings *s, daotp_ca_authentication how)
{
    bool insists = s->ces_auth != NULL && strcmp(s->ces_auth, "any") != 0;

    return how == DAOTP_CA_USERNAME || (how == DAOTP_CA_NEGOTIATE && !insists);
}

/* Before the code is typed, for that one ages. From the terminal only if it is known who gets it:
 * the host of the configured URL. */
static bool take_password(settings *s, const daotp_client *client)
{
    const char *host = s->ces_url != NULL ? strstr(s->ces_url, "://") : NULL;
    daotp_ca_authentication how = daotp_client_get_ca_authentication(client);

    if (!is_by_rpc(s) && !can_need_password(s, how))
        return true;
    if (s->password_file != NULL)
        return tool_secret_load(s->password_file, &s->password);
    if (s->password_fd >= 0)
        return tool_secret_read(s->password_fd, &s->password);
    if (host == NULL || how != DAOTP_CA_USERNAME)
        return s->may_ask = true;
    return ask_password(s, host + 3, strcspn(host + 3, "/?#"), DAOTP_HOST_CONFIGURED);
}

/* ---- setting up ------------------------------------------------------------------------------ */

static bool read_version(char *text, int64_t *major, int64_t *minor)
{
    char *dot = strchr(text, '.');

    if (dot == NULL)
        return false;
    *dot = '\0';
    return tool_integer(text, 0, UINT32_MAX, major) && tool_integer(dot + 1, 0, UINT32_MAX, minor);
}

static daotp_status set_template(daotp_client *client, const char *text)
{
    char oid[256], *colon;
    int64_t major = -1, minor = -1;

    if (text == NULL)
        return DAOTP_OK; /* the library says that it is missing */
    if (strlen(text) >= sizeof oid)
        return DAOTP_USAGE;
    memcpy(oid, text, strlen(text) + 1);
    colon = strchr(oid, ':');
    if (colon != NULL)
        *colon = '\0';
    if (colon != NULL && !read_version(colon + 1, &major, &minor))
        return DAOTP_USAGE;
    return daotp_client_set_template(client, oid, major, minor);
}

static daotp_status set_key_kind(daotp_client *client, settings *s)
{
    static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096", "p256", "p384", NULL};
    int kind = DAOTP_KEY_RSA_2048;

    if (s->key_kind != NULL && !tool_choose_option("enroll", "key-kind", s->key_kind, names, &kind))
        return DAOTP_USAGE;
    s->kind = (daotp_key_kind)kind;
    return daotp_client_set_key_kind(client, s->kind);
}

static daotp_status set_server_rules(daotp_client *client, const char *text)
{
    static const char *const names[] = {"path", "strict", "webpki", NULL};
    int rules;

    if (text == NULL)
        return DAOTP_OK;
    return tool_choose_option("enroll", "server-rules", text, names, &rules)
               ? daotp_client_set_server_rules(client, (daotp_rules)rules)
               : DAOTP_USAGE;
}

/* An option that is not taken is named. */
static daotp_status option_taken(daotp_status status, const char *option, const char *value)
{
    return tool_taken("enroll", status, option, value);
}

/* Options that need each other. */
static daotp_status check_given_together(const char *one, const char *other, const char *both)
{
    if ((one != NULL) == (other != NULL))
        return DAOTP_OK;
    tool_say("daotp enroll: %s go together", both);
    return DAOTP_USAGE;
}

static daotp_status set_service_trust(daotp_context *context, const settings *s, daotp_ca *ca,
                                      daotp_report *report)
{
    const tool_list no_crls = {.count = 0};
    daotp_trust *trust = NULL;
    daotp_status status;

    if (s->ces_trust.count == 0)
        return DAOTP_OK;
    status = tool_trust_new(context, &s->ces_trust, &no_crls, report, &trust);
    if (status == DAOTP_OK)
        status = daotp_ca_set_trust(ca, trust);
    daotp_trust_unref(trust);
    return status;
}

static daotp_status make_wstep(daotp_context *context, const settings *s,
                               daotp_credential *identity, daotp_report *report, daotp_ca **ca)
{
    static const char *const names[] = {"username", "negotiate", "certificate", "any", NULL};
    int how = DAOTP_CA_ANY;
    daotp_status status;

    if (s->ces_auth != NULL && !tool_choose_option("enroll", "ces-auth", s->ces_auth, names, &how))
        return DAOTP_USAGE;
    status = daotp_ca_new_wstep(context, (daotp_ca_authentication)how, ca);
    if (status == DAOTP_OK)
        status = option_taken(daotp_ca_set_url(*ca, s->ces_url), "ces-url", s->ces_url);
    if (status == DAOTP_OK)
        status = option_taken(daotp_ca_set_url_template(*ca, s->ces_template), "ces-template",
                              s->ces_template);
    if (status == DAOTP_OK)
        status = set_service_trust(context, s, *ca, report);
    if (status == DAOTP_OK)
        status = daotp_ca_set_identity(*ca, identity);
    return status;
}

static daotp_status set_mechanism(daotp_ca *ca, const char *text)
{
    static const char *const names[] = {"spnego", "kerberos", NULL};
    int mechanism;

    if (text == NULL)
        return DAOTP_OK;
    if (!tool_choose_option("enroll", "ca-mechanism", text, names, &mechanism))
        return DAOTP_USAGE;
    return daotp_ca_set_rpc_mechanism(ca, (daotp_ca_rpc_mechanism)mechanism);
}

/* The web service that is used after RPC, if one is set. */
static daotp_status set_service(daotp_context *context, const settings *s,
                                daotp_credential *identity, daotp_report *report, daotp_ca *ca)
{
    daotp_ca *service = NULL;
    daotp_status status;

    if (find_ca_way(s) != CA_AUTO || !has_web_service(s))
        return DAOTP_OK;
    status = make_wstep(context, s, identity, report, &service);
    if (status == DAOTP_OK)
        status = daotp_ca_set_web_service(ca, service);
    daotp_ca_unref(service);
    return status;
}

static daotp_status make_rpc(daotp_context *context, const settings *s, daotp_credential *identity,
                             daotp_report *report, daotp_ca **ca)
{
    daotp_status status =
        daotp_ca_new_rpc(context, (daotp_ca_way)(DAOTP_CA_WAY_AUTO + find_ca_way(s)), ca);

    if (status == DAOTP_OK && s->ca_kdc != NULL && s->ca_realm == NULL) {
        tool_say("daotp enroll: --ca-kdc needs --ca-realm");
        return DAOTP_USAGE;
    }
    if (status == DAOTP_OK)
        status = option_taken(daotp_ca_set_ticket_cache(*ca, s->ticket_cache), "ticket-cache",
                              s->ticket_cache);
    if (status == DAOTP_OK)
        status = option_taken(daotp_ca_set_armor_cache(*ca, s->armor_cache), "armor-cache",
                              s->armor_cache);
    if (status == DAOTP_OK)
        status = option_taken(daotp_ca_set_realm(*ca, s->ca_realm, s->ca_kdc), "ca-kdc", s->ca_kdc);
    if (status == DAOTP_OK)
        status = set_mechanism(*ca, s->ca_mechanism);
    if (status == DAOTP_OK && s->mapper_port != 0)
        status = daotp_ca_set_mapper_port(*ca, (uint16_t)s->mapper_port);
    return status == DAOTP_OK ? set_service(context, s, identity, report, *ca) : status;
}

static daotp_status make_ca(daotp_context *context, const settings *s, daotp_credential *identity,
                            daotp_report *report, daotp_ca **ca)
{
    daotp_status status = check_given_together(s->request_file, s->certificate_file,
                                               "--request-file and --certificate-file");

    if (status != DAOTP_OK)
        return status;
    if (s->request_file != NULL)
        return daotp_ca_new_file(context, s->request_file, s->certificate_file, ca);
    if (find_ca_way(s) < 0)
        return DAOTP_USAGE;
    status = is_by_rpc(s) ? make_rpc(context, s, identity, report, ca)
                          : make_wstep(context, s, identity, report, ca);
    for (size_t i = 0; i < s->ca_host_count && status == DAOTP_OK; i++)
        status = option_taken(daotp_ca_allow_host(*ca, s->ca_hosts[i]), "ca-host", s->ca_hosts[i]);
    return status;
}

static daotp_status set_servers(daotp_client *client, const settings *s)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < s->url_count && status == DAOTP_OK; i++) {
        status = daotp_client_add_server(client, s->urls[i]);
        if (status != DAOTP_OK)
            tool_say("daotp enroll: --url cannot be '%s'; it is an https URL", s->urls[i]);
    }
    return status;
}

static daotp_status set_account(daotp_client *client, const settings *s)
{
    daotp_status status = option_taken(daotp_client_set_upn(client, s->upn), "upn", s->upn);

    if (status == DAOTP_OK)
        status = option_taken(daotp_client_set_dn(client, s->dn), "dn", s->dn);
    if (status == DAOTP_OK)
        status = option_taken(daotp_client_set_sid(client, s->sid), "sid", s->sid);
    return status;
}

static daotp_status set_logon(daotp_client *client, const settings *s)
{
    daotp_status status = daotp_client_set_logon_proof(client, s->logon);

    if (status == DAOTP_OK)
        status = daotp_client_set_logon_realm(client, s->realm, s->kdc);
    if (status == DAOTP_OK)
        status = daotp_client_set_logon_anchors(client, s->kdc_trust);
    return status;
}

static daotp_status set_choices(daotp_client *client, settings *s)
{
    daotp_status status = set_servers(client, s);

    if (status == DAOTP_OK)
        status = option_taken(set_template(client, s->template), "template", s->template);
    if (status == DAOTP_OK)
        status = set_key_kind(client, s);
    if (status == DAOTP_OK)
        status = set_account(client, s);
    if (status == DAOTP_OK)
        status = option_taken(daotp_client_set_proxy(client, s->proxy), "proxy", s->proxy);
    if (status == DAOTP_OK)
        status = daotp_client_set_timeout_ms(client, (int64_t)(s->timeout_s * 1000));
    if (status == DAOTP_OK && s->connect_timeout_s > 0)
        status =
            daotp_client_set_connect_timeout_ms(client, (int64_t)(s->connect_timeout_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_client_set_deadline_ms(client, (int64_t)(s->deadline_s * 1000));
    if (status == DAOTP_OK)
        status = daotp_client_set_max_lifetime_s(client, s->max_lifetime_s);
    if (status == DAOTP_OK)
        status = set_logon(client, s);
    (void)daotp_client_set_environment_proxy(client, s->environment_proxy);
    (void)daotp_client_set_preflight(client, !s->no_preflight);
    (void)daotp_client_set_ignore_head(client, s->ignore_head);
    if (status == DAOTP_OK)
        status = set_server_rules(client, s->server_rules);
    (void)daotp_client_set_tls12_only(client, s->tls12);
    (void)daotp_client_set_progress_callback(client, on_progress, s);
    (void)daotp_client_set_domain_callback(client, on_domain, s);
    return status;
}

/* Options that are not given leave the library's default. */
static daotp_status set_fetch_limits(daotp_fetcher *fetcher, const settings *s)
{
    daotp_status status = DAOTP_OK;

    if (s->fetch_bytes != 0)
        status = daotp_fetcher_set_max_bytes(fetcher, s->fetch_bytes);
    if (status == DAOTP_OK && s->fetch_timeout_s > 0)
        status = daotp_fetcher_set_timeout_ms(fetcher, (int64_t)(s->fetch_timeout_s * 1000));
    if (status == DAOTP_OK)
        return DAOTP_OK;
    tool_say("daotp enroll: --fetch-bytes is 1 to 1073741824, --fetch-timeout at most 3600");
    return DAOTP_USAGE;
}

static bool needs_fetcher(const settings *s)
{
    return s->fetch || s->allow.count > 0 || s->ldap != NULL || s->cache != NULL ||
           s->fetch_bytes > 0 || s->fetch_timeout_s > 0;
}

/* --allow and the like are checked, and then not used, without --fetch. */
static daotp_status set_fetcher(daotp_context *context, daotp_client *client, const settings *s)
{
    bool is_of_use = s->issuer_trust.count > 0 || s->server_revocation != NULL;
    daotp_fetcher *fetcher = NULL;
    daotp_status status;

    if (!is_of_use && needs_fetcher(s)) {
        tool_say("daotp enroll: --fetch and what it takes (--allow, --ldap, --cache, "
                 "--fetch-timeout, --fetch-bytes) need --issuer-trust or --server-revocation");
        return DAOTP_USAGE;
    }
    if (!is_of_use)
        return DAOTP_OK;
    status = daotp_fetcher_new(context, &fetcher);
    for (size_t i = 0; status == DAOTP_OK && i < s->allow.count; i++)
        status = option_taken(daotp_fetcher_allow_network(fetcher, s->allow.items[i]), "allow",
                              s->allow.items[i]);
    if (status == DAOTP_OK)
        status = set_fetch_limits(fetcher, s);
    if (status == DAOTP_OK && s->ldap != NULL)
        status = daotp_fetcher_allow_ldap(fetcher, s->ldap);
    if (status == DAOTP_OK && s->cache != NULL)
        status = daotp_fetcher_set_cache(fetcher, s->cache);
    if (status == DAOTP_OK && s->fetch)
        status = daotp_client_set_fetcher(client, fetcher);
    daotp_fetcher_unref(fetcher);
    return status;
}

static daotp_status add_ntauth(void *client, const void *bytes, size_t len)
{
    return daotp_client_add_ntauth(client, bytes, len);
}

static daotp_status set_server_revocation(daotp_client *client, const char *text)
{
    daotp_revocation mode;
    daotp_status status;

    if (text == NULL)
        return DAOTP_OK;
    status = tool_revocation("enroll", "server-revocation", text, &mode);
    return status == DAOTP_OK ? daotp_client_set_server_revocation(client, mode) : status;
}

static daotp_status set_issuer_trust(daotp_context *context, daotp_client *client,
                                     const settings *s, daotp_report *report)
{
    daotp_revocation mode;
    daotp_trust *trust = NULL;
    daotp_status status = tool_revocation("enroll", "revocation", s->revocation, &mode);

    if (status == DAOTP_OK && s->issuer_trust.count == 0 &&
        (s->revocation != NULL || s->issuer_crl.count > 0 || s->ntauth.count > 0)) {
        tool_say("daotp enroll: --revocation, --issuer-crl and --ntauth need --issuer-trust");
        return DAOTP_USAGE;
    }
    if (status != DAOTP_OK || s->issuer_trust.count == 0)
        return status;
    status = tool_trust_new(context, &s->issuer_trust, &s->issuer_crl, report, &trust);
    if (status == DAOTP_OK)
        status = daotp_client_set_issuer_trust(client, trust, mode);
    if (status == DAOTP_OK)
        status = tool_add_files("enroll", &s->ntauth, "certificate", add_ntauth, client);
    daotp_trust_unref(trust);
    return status;
}

/* A request made elsewhere: certmonger's, or one whose key lives in a safe place. */
static daotp_status set_request(daotp_context *context, daotp_client *client, const settings *s,
                                daotp_report *report)
{
    daotp_status status = s->resume != NULL
                              ? DAOTP_OK
                              : check_given_together(s->csr, s->csr_key, "--csr and --csr-key");
    daotp_key *key = NULL;
    char *csr = NULL;
    size_t len;

    if (status != DAOTP_OK || s->csr == NULL || s->resume != NULL)
        return status;
    if (!tool_read_file(s->csr, &csr, &len))
        status = option_taken(DAOTP_USAGE, "csr", s->csr);
    if (status == DAOTP_OK)
        status = daotp_key_load(context, s->csr_key, NULL, 0, report, &key);
    if (status == DAOTP_OK)
        status = option_taken(daotp_client_set_request(client, csr, len, key), "csr", s->csr);
    daotp_key_unref(key);
    free(csr);
    return status;
}

static daotp_status set_pending_key(daotp_context *context, daotp_client *client, const settings *s,
                                    daotp_report *report)
{
    const char *path = s->pending_key != NULL ? s->pending_key : s->csr_key;
    daotp_key *key = NULL;
    daotp_status status = daotp_key_load(context, path, NULL, 0, report, &key);

    if (status == DAOTP_OK)
        status = daotp_client_set_key(client, key);
    daotp_key_unref(key);
    return status;
}

static daotp_status open_store(daotp_context *context, const settings *s, daotp_report *report,
                               daotp_store **store)
{
    return daotp_store_open_report(
        context, store_uri(s->store != NULL ? s->store : tool_default_store()), report, store);
}

/* What is loaded from files; each object is counted, so that ours can be let go at once. */
static daotp_status set_objects(daotp_context *context, daotp_client *client, const settings *s,
                                daotp_report *report)
{
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_store *store = NULL;
    daotp_ca *ca = NULL;
    const tool_list no_crls = {.count = 0};
    daotp_status status = tool_trust_new(context, &s->trust, &no_crls, report, &trust);

    if (status == DAOTP_OK)
        status = check_given_together(s->cert, s->key, "--cert and --key");
    if (status == DAOTP_OK && s->cert != NULL)
        status = daotp_credential_load(context, s->cert, s->key, report, &identity);
    if (status == DAOTP_OK)
        status = make_ca(context, s, identity, report, &ca);
    if (status == DAOTP_OK && !s->no_store)
        status = open_store(context, s, report, &store);
    if (status == DAOTP_OK)
        status = daotp_client_set_trust(client, trust);
    if (status == DAOTP_OK)
        status = set_issuer_trust(context, client, s, report);
    if (status == DAOTP_OK)
        status = set_server_revocation(client, s->server_revocation);
    if (status == DAOTP_OK)
        status = set_fetcher(context, client, s);
    if (status == DAOTP_OK)
        status = daotp_client_set_identity(client, identity);
    if (status == DAOTP_OK)
        status = daotp_client_set_ca(client, ca);
    if (status == DAOTP_OK)
        status = set_request(context, client, s, report);
    if (status == DAOTP_OK)
        status = option_taken(daotp_client_set_store(client, store, s->label), "label", s->label);
    daotp_ca_unref(ca);
    daotp_store_unref(store);
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return status;
}

/* ---- the run --------------------------------------------------------------------------------- */

static char *describe_issued(daotp_context *context, const daotp_credential *credential,
                             daotp_format format)
{
    size_t len;
    const uint8_t *der = daotp_credential_get_certificate(credential, 0, &len);
    char *text = NULL;

    if (der == NULL || daotp_describe(context, der, len, format, NULL, &text) != DAOTP_OK)
        return NULL;
    return text;
}

/* A line each; of a ticket, from when to when it holds. */
static void show_notes(daotp_report *report)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        const char *found = daotp_finding_get_found(finding);

        if (daotp_finding_get_number(finding) == DAOTP_FINDING_LOGON_TICKET)
            found = daotp_finding_get_subject(finding);
        page_format("%s %s: %s: %s\n", daotp_severity_name(daotp_finding_get_severity(finding)),
                    daotp_finding_get_id(finding),
                    daotp_catalogue_get_title(daotp_finding_get_number(finding)), found);
        if (daotp_finding_get_severity(finding) == DAOTP_SEVERITY_WARNING)
            page_format("  do: %s\n", daotp_catalogue_get_hint(daotp_finding_get_number(finding)));
        if (daotp_finding_get_number(finding) == DAOTP_FINDING_LOGON_TICKET)
            printf("  ticket %s %s\n", found, daotp_finding_get_found(finding));
    }
}

static void show_issued(daotp_context *context, const daotp_credential *credential,
                        daotp_report *report)
{
    char *text = describe_issued(context, credential, DAOTP_FORMAT_TEXT);

    if (text != NULL)
        fputs(text, stdout);
    daotp_free(text);
    show_notes(report);
}

/* The certificate as `daotp decode --json` has it among "items"; null when none was issued. */
static void show_json(daotp_context *context, const daotp_credential *credential,
                      daotp_report *report)
{
    char *items = describe_issued(context, credential, DAOTP_FORMAT_JSON);

    printf("{\"format\":%d,\"certificate\":%s", DAOTP_JSON_FORMAT, items != NULL ? items : "null");
    daotp_free(items);
    tool_show_json_rest(report);
}

/* What was issued, or why nothing was; in both cases on standard output. */
static void show_result(daotp_context *context, const settings *s, daotp_client *client,
                        const daotp_credential *credential, daotp_status status)
{
    daotp_report *report = daotp_client_get_report(client);
    bool is_about_it = daotp_report_get_status(report) == status;

    if (s->json && is_about_it)
        show_json(context, credential, report);
    else if (status == DAOTP_OK)
        show_issued(context, credential, report);
    else if (!s->json && is_about_it)
        page_put(daotp_report_get_text(report));
    else if (!s->json)
        page_format("status: %s\n", tool_status_text(status));
}

/* An interrupt between the two parts, for example at a prompt, ends both. */
static daotp_status step_to_end(daotp_client *client, daotp_status status,
                                daotp_credential **credential)
{
    if (interrupt_came())
        daotp_client_cancel(client); /* it may have come before there was anything to cancel */
    while (status == DAOTP_OK || status == DAOTP_AGAIN) {
        struct pollfd ready = {.fd = daotp_client_get_fd(client), .events = POLLIN};

        status = daotp_client_step(client);
        if (status != DAOTP_AGAIN)
            break;
        (void)poll(&ready, 1, daotp_client_get_timeout_ms(client));
    }
    return status == DAOTP_OK ? daotp_client_finish(client, credential) : status;
}

static daotp_status enrol_with_code(daotp_client *client, tool_secret *otp,
                                    daotp_credential **credential)
{
    daotp_status status = DAOTP_CANCELLED;

    if (!interrupt_came())
        status = daotp_client_enroll_begin(client, otp->bytes, otp->len);
    tool_secret_free(otp);
    return step_to_end(client, status, credential);
}

/* A request that the CA put aside: no code is needed, for the OTP server signed it before. */
static daotp_status resume_request(daotp_client *client, settings *s, daotp_credential **credential)
{
    daotp_status status;
    bool got = true;

    s->may_ask = true; /* which way is taken is found out later */
    if (s->password_file != NULL)
        got = tool_secret_load(s->password_file, &s->password);
    else if (s->password_fd >= 0)
        got = tool_secret_read(s->password_fd, &s->password);
    if (!got)
        return interrupt_came() ? DAOTP_CANCELLED : DAOTP_CONFIGURATION;
    status = option_taken(daotp_client_set_pending_request(client, s->issuing_ca, s->resume),
                          "resume", s->resume);
    if (status == DAOTP_OK)
        status = daotp_client_resume_begin(client, s->user);
    return step_to_end(client, status, credential);
}

/* Without its key the certificate would be of no use. */
static void keep_pending_key(const settings *s, daotp_client *client)
{
    const daotp_finding *error = daotp_report_get_error(daotp_client_get_report(client));
    size_t len;
    char *pem;

    if (s->pending_key == NULL || s->resume != NULL ||
        daotp_finding_get_number(error) != DAOTP_FINDING_CA_PENDING ||
        daotp_key_copy_pem(daotp_client_get_key(client), &pem, &len) != DAOTP_OK)
        return;
    if (tool_write_secret(s->pending_key, pem, len))
        tool_say("daotp enroll: the key is kept in %s: ask again with --resume", s->pending_key);
    daotp_free(pem);
}

static daotp_status enrol_user(daotp_client *client, settings *s, daotp_credential **credential)
{
    tool_secret otp = {.len = 0};
    daotp_status status;
    bool got;

    if (s->resume != NULL)
        return resume_request(client, s, credential);
    status = daotp_client_prepare(client, s->user);
    if (status != DAOTP_OK)
        return status;
    got = take_password(s, client) && (s->otp_fd >= 0 ? tool_secret_read(s->otp_fd, &otp)
                                                      : tool_secret_ask("One-time password", &otp));
    if (!got) {
        tool_secret_free(&otp);
        if (interrupt_came())
            return DAOTP_CANCELLED;
        tool_say("daotp enroll: no password or no code was given");
        return s->password_file != NULL && s->password.len == 0 ? DAOTP_CONFIGURATION : DAOTP_USAGE;
    }
    return enrol_with_code(client, &otp, credential);
}

static daotp_status run_enroll(daotp_context *context, settings *s)
{
    daotp_report *report = NULL;
    daotp_client *client = NULL;
    key_maker maker = {.context = NULL};
    daotp_credential *credential = NULL;
    daotp_status status = daotp_report_new(context, &report);

    if (status == DAOTP_OK)
        status = daotp_client_new(context, &client);
    if (status == DAOTP_OK)
        status = set_choices(client, s);
    if (status == DAOTP_OK && s->csr == NULL && s->resume == NULL)
        key_maker_begin(&maker, context, s->kind);
    if (status == DAOTP_OK)
        status = set_objects(context, client, s, report);
    if (status == DAOTP_OK && s->resume != NULL)
        status = set_pending_key(context, client, s, report);
    else if (status == DAOTP_OK)
        status = key_maker_give(&maker, client);
    if (status == DAOTP_OK) {
        interrupt_catch();
        interrupt_cancels(cancel_client, client);
        status = enrol_user(client, s, &credential);
        keep_pending_key(s, client);
        show_result(context, s, client, credential, status);
        interrupt_cancels(NULL, NULL);
    } else {
        daotp_report *told =
            daotp_report_get_error(report) != NULL ? report : daotp_client_get_report(client);

        if (status != DAOTP_USAGE || tool_reason()[0] == '\0')
            fprintf(stderr, "daotp enroll: %s\n", tool_status_text(status));
        if (daotp_report_get_error(told) != NULL)
            tool_show_report(told, status, s->json);
    }
    key_maker_end(&maker);
    daotp_credential_unref(credential);
    daotp_client_free(client);
    daotp_report_free(report);
    return status;
}

/* Each that is missing is named. A request made elsewhere says of which template it is. */
static bool has_all_needed(const settings *s)
{
    const struct {
        const char *option;
        bool is_there;
    } needed[] = {{"--url or a profile (daotp discover)", s->url_count > 0 || s->resume != NULL},
                  {"--user or a profile (daotp discover)", s->user != NULL},
                  {"--trust or a profile (daotp discover)", s->trust.count > 0},
                  {"--template or a profile (daotp discover)",
                   s->template != NULL || s->csr != NULL || s->resume != NULL},
                  {"--issuing-ca, with --resume", s->resume == NULL || s->issuing_ca != NULL},
                  {"--pending-key or --csr-key, with --resume",
                   s->resume == NULL || s->pending_key != NULL || s->csr_key != NULL}};
    bool complete = true;

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!needed[i].is_there) {
            (void)tool_missing("enroll", needed[i].option);
            complete = false;
        }
    return complete;
}

/* The UPN as it was given, or else the name of the user if that is one. */
static const char *given_upn(const settings *s)
{
    if (s->upn != NULL)
        return s->upn;
    return s->user != NULL && strchr(s->user, '@') != NULL ? s->user : NULL;
}

/* --renew: is there anything to do? */
static daotp_status check_renewal(daotp_context *context, const settings *s, bool *is_due)
{
    const renewal what = {.label = s->label,
                          .upn = given_upn(s),
                          .template = s->template,
                          .renew_before_s = s->renew_before_s,
                          .json = s->json};
    daotp_report *report = NULL;
    daotp_store *store = NULL;
    daotp_status status = daotp_report_new(context, &report);

    *is_due = true;
    if (status == DAOTP_OK && !s->no_store)
        status = open_store(context, s, report, &store);
    if (status != DAOTP_OK)
        tool_show_report(report, status, s->json);
    else if (store != NULL)
        status = renewal_check(store, &what, is_due);
    daotp_store_unref(store);
    daotp_report_free(report);
    return status;
}

static const settings default_settings = {.otp_fd = -1,
                                          .password_fd = -1,
                                          .timeout_s = 60,
                                          .max_lifetime_s = 14400,
                                          .renew_before_s = 600,
                                          .secrets = {.passphrase_fd = -1, .pin_fd = -1}};

/* 0, or TOOL_USAGE when it was said what is wrong. */
static int read_settings(int argc, char **argv, settings *s, bool *wants_help)
{
    int c, which = 0;

    while ((c = tool_next_option("enroll", argc, argv, options, &which)) != -1) {
        *wants_help = *wants_help || c == HELP;
        if (c != HELP && !take_option(s, c))
            return tool_bad_option("enroll", c, options[which].name, optarg);
        if (*wants_help)
            return 0;
    }
    if (optind < argc)
        return tool_extra_word("enroll", argv[optind]);
    return has_all_needed(s) ? 0 : TOOL_USAGE;
}

/* What a descriptor gives is there for one enrolment, and a request that waits needs no code. */
static bool can_repeat(const settings *s)
{
    const bool uses_descriptor = s->otp_fd >= 0 || s->password_fd >= 0 ||
                                 s->secrets.passphrase_fd >= 0 || s->secrets.pin_fd >= 0;

    return !uses_descriptor && !s->no_store && !s->renew && s->resume == NULL && s->csr == NULL;
}

int enroll_read_target(int argc, char **argv, enroll_target *target)
{
    settings s = default_settings;
    bool wants_help = false;
    int rc = read_settings(argc, argv, &s, &wants_help);

    if (rc != 0)
        return rc;
    if (wants_help || !can_repeat(&s)) {
        tool_say("daotp agent: behind -- no option of daotp enroll is allowed that names a "
                 "descriptor, nor --no-store, --renew, --resume, --csr, --help");
        return TOOL_USAGE;
    }
    *target = (enroll_target){.store = s.store, .label = s.label, .plugins = s.secrets.plugins};
    if (target->store == NULL)
        target->store = tool_default_store();
    if (target->label == NULL)
        target->label = given_upn(&s);
    return target->label != NULL ? 0 : tool_missing("agent", "--label or --upn behind --");
}

int cmd_enroll(int argc, char **argv)
{
    settings s = default_settings;
    daotp_context *context;
    daotp_status status;
    bool is_due = true, wants_help = false;
    int rc = read_settings(argc, argv, &s, &wants_help);

    if (wants_help)
        return fputs(help, stdout) < 0;
    if (rc != 0)
        return rc;
    context = tool_context();
    status = store_secrets_set(&s.secrets, context);
    if (status == DAOTP_OK && s.renew)
        status = check_renewal(context, &s, &is_due);
    if (status == DAOTP_OK && is_due)
        status = run_enroll(context, &s);
    tool_secret_free(&s.password);
    daotp_context_unref(context);
    store_secrets_free(&s.secrets);
    return tool_exit_status(status);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daotp-difference: both suites, and some thousand cases made of them and of chains of our own,
 * judged by us (rules path) and by OpenSSL. Every kind of difference is listed; one that no row of
 * the table below justifies is a failure.
 */
#include "difference.h"

#include <openssl/x509_vfy.h>

#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: daotp-difference [OPTION...] PKITS-FOLDER LIMBO-FILE\n"
    "\n"
    "Both suites, what is made of them by small changes, and chains of our own: each case is\n"
    "judged by us, rules path, and by OpenSSL. Every kind of difference is listed, and why.\n"
    "\n"
    "  --seed N       make other cases\n"
    "  --forged N     make so many chains of our own (1500)\n"
    "  --only GLOB    these ids alone\n"
    "  --keep FOLDER  write what a case is made of into this folder, which is there; of several\n"
    "                 cases the last\n"
    "  --verbose      name each case that differs, not one of each kind\n"
    "  --help         show this\n"
    "\n"
    "exit status: 0 all differences are justified, 1 some are not, 64 usage, 66 nothing to run\n"
    "\n"
    "example: daotp-difference --seed 7 vectors/pkits vectors/limbo/limbo.json\n";

enum { ANY = -2, MAX_KINDS = 400, FORGED = 1500, MAX_NUMBER = 1000000000 };

/* ---- why we differ --------------------------------------------------------------------------- */

struct reason {
    bool we_accept;
    const char
        *finding;      /* of what we refuse our finding, a glob; of the rest what describe() says */
    int error;         /* OpenSSL's; of what it accepts X509_V_OK */
    bool at_anchor;    /* only where it is about an anchor */
    const char *where; /* a glob of ids */
    const char *why;
};

#define ANCHOR                                                                                     \
    "an anchor is a name and a key (RFC 5280 6.1.1 (d)): its dates and extensions, and whether "   \
    "it "                                                                                          \
    "is revoked, are not asked"
#define HINT                                                                                       \
    "key identifiers help to find an issuer; its name and the signature decide (RFC 5280 6.1.3 "   \
    "(a)(1), (4))"
#define COVERED                                                                                    \
    "the CRL's signer is covered by the list it signs, and is believed that far: PKITS asks for "  \
    "it, OpenSSL cannot (validation.md 1)"
#define JUDGED                                                                                     \
    "policyMappings of the certificate that is judged are not processed: RFC 5280 6.1.4 is for "   \
    "those above it"
#define DELTA  "a delta that cannot be used is not there: the complete list answers"
#define STRICT "we read strict DER, and refuse what RFC 5280 4.2 and 5 have otherwise"
#define PROFILE                                                                                    \
    "the CRL breaks a MUST of RFC 5280 5 that no valid path of PKITS breaks: on in all rules "     \
    "(validation.md 1)"
#define FLOOR "keys and algorithms have a floor: RSA of 2048 bits, P-256 to P-521, SHA-256; no DSA"
#define NAMES "a name that is none of its kind cannot be found in a subtree (validation.md 4)"

/* The first that fits. ANY goes with what says itself why; the rest names the error. */
static const struct reason reasons[] = {
    {true, "another path", ANY, false, "*",
     "OpenSSL never goes back from an issuer that was not the right one; shown the path that we "
     "found, it accepts"},
    {true, "unread", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, false, "*",
     "OpenSSL could not read an issuer: a name's value may be of any type (X.501 9.2), and of an "
     "anchor the name and the key count"},
    {true, "unread", X509_V_ERR_UNABLE_TO_GET_CRL, false, "forged::1::CA *",
     "OpenSSL could not read the signer of a CRL"},
    {true, "*", OPENSSL_UNREADABLE, false, "forged::*",
     "a name's value may be of any type (X.501 9.2); what is no text compares octet by octet"},

    {true, "", X509_V_ERR_UNABLE_TO_GET_CRL, true, "*", ANCHOR},
    {true, "", X509_V_ERR_CRL_PATH_VALIDATION_ERROR, true, "*", ANCHOR},
    {true, "*", X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, true, "*", ANCHOR},
    {true, "", X509_V_ERR_INVALID_CA, true, "*", ANCHOR},
    {true, "", X509_V_ERR_CERT_HAS_EXPIRED, true, "*", ANCHOR},
    {true, "", X509_V_ERR_CERT_REVOKED, true, "*", ANCHOR},
    {true, "", X509_V_ERR_DIFFERENT_CRL_SCOPE, true, "*", ANCHOR},
    {true, "", X509_V_ERR_CERT_NOT_YET_VALID, true, "*", ANCHOR},
    {true, "", X509_V_ERR_UNSPECIFIED, true, "*", ANCHOR},
    {true, "", X509_V_ERR_CRL_PATH_VALIDATION_ERROR, false, "forged::*::anchor *", ANCHOR},

    {true, "", X509_V_ERR_AKID_SKID_MISMATCH, false, "*", HINT},
    {true, "", X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH, false, "*", HINT},
    {true, "", X509_V_ERR_CRL_PATH_VALIDATION_ERROR, false, "forged::1::CA *", HINT},

    {true, "", X509_V_ERR_CRL_PATH_VALIDATION_ERROR, false, "4.5.*", COVERED},
    {true, "", X509_V_ERR_CRL_PATH_VALIDATION_ERROR, false, "4.14.*", COVERED},
    {true, "freshestCRL", X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, false, "forged::*",
     "freshestCRL is known to us, so that it may be critical; the strict rules refuse it"},
    {true, "*", X509_V_ERR_CRL_SIGNATURE_FAILURE, false, "4.15.* octet of a CRL", DELTA},
    {true, "*", X509_V_ERR_CRL_SIGNATURE_FAILURE, false, "forged::*::CRL *", DELTA},
    {true, "not read", X509_V_ERR_CERT_REVOKED, false, "forged::*::CRL *", DELTA},
    {true, "", X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, false, "forged::*::CRL *", DELTA},
    {true, "", X509_V_ERR_UNABLE_TO_GET_CRL, false, "forged::0::CRL *",
     "path validation takes a list whose issuingDistributionPoint is not critical, and warns (RFC "
     "5280 5.2.5 is about who writes it); OpenSSL 3.5 sets it aside, 3.0 takes it too"},
    {true, "", X509_V_ERR_UNABLE_TO_GET_CRL, false, "forged::2::CRL *",
     "a list without issuingDistributionPoint answers for each point of the certificate (RFC 5280 "
     "6.3.3); OpenSSL takes the reasons of the first alone"},

    {true, "", X509_V_ERR_NO_EXPLICIT_POLICY, false, "* a CA is judged", JUDGED},
    {true, "", X509_V_ERR_INVALID_POLICY_EXTENSION, false, "* a CA is judged", JUDGED},
    {true, "", X509_V_ERR_CERT_CHAIN_TOO_LONG, false, "pathlen::*self-issued*",
     "self-issued certificates are not counted (RFC 5280 6.1.4 (l))"},
    {true, "", X509_V_ERR_UNSPECIFIED, false, "forged::*",
     "a name's value may be of any type (X.501 9.2), in an extension too"},

    {false, "not read, *", X509_V_OK, false, "*", STRICT},
    {false, "CERT-DER", X509_V_OK, false, "*", STRICT},
    {false, "CHAIN-EXTENSION", X509_V_OK, false, "*", STRICT},
    {false, "CHAIN-POLICY-MALFORMED", X509_V_OK, false, "*", STRICT},
    {false, "CHAIN-CONSTRAINTS", X509_V_OK, false, "*",
     "name constraints that are empty or malformed (RFC 5280 4.2.1.10, validation.md 4)"},
    {false, "CHAIN-NAME-INVALID", X509_V_OK, false, "rfc5280::nc::nc-permits-invalid-*", NAMES},
    {false, "CHAIN-NAME-INVALID", X509_V_OK, false, "forged::*", NAMES},
    {false, "CHAIN-EXCLUDED", X509_V_OK, false, "cve::cve-2025-61727*",
     "a wildcard may stand for a host that is excluded (OpenSSL issue 30706)"},
    {false, "CHAIN-EXCLUDED", X509_V_OK, false, "forged::*::certificate *",
     "a wildcard may stand for a host that is excluded (OpenSSL issue 30706)"},
    {false, "CHAIN-KEY", X509_V_OK, false, "*", FLOOR},
    {false, "CHAIN-ALGORITHM", X509_V_OK, false, "*", FLOOR},
    {false, "CHAIN-DEPTH", X509_V_OK, false, "pathological::*",
     "more than 8 CAs are not taken, unless that is set"},
    {false, "CHAIN-NO-PATH", X509_V_OK, false, "rfc5280::serial::negative*",
     "the certificate itself stands among the anchors; it is judged, and nobody issued it"},
    {false, "CHAIN-NO-PATH", X509_V_OK, false, "pathological::*",
     "a path has at most 32 certificates"},
    {false, "CHAIN-POLICY", X509_V_OK, false, "* inhibit anyPolicy",
     "an anyPolicy that is inhibited cannot be mapped from (RFC 5280 6.1.4 (b)(1)); OpenSSL does"},
    {false, "CRL-MISSING", X509_V_OK, false, "forged::1::certificate *",
     "a point without a name is matched by its cRLIssuer (RFC 5280 6.3.3 (b)(2)(i)); OpenSSL takes "
     "any list"},
    {false, "CRL-SIGNER", X509_V_OK, false, "forged::1::*",
     "a CRL's authorityKeyIdentifier says which key signed it (RFC 5280 5.2.1): another is not "
     "tried"},
    {false, "CRL-SIGNER", X509_V_OK, false, "forged::*::anchor *",
     "a key usage that cannot be read does not allow to sign CRLs"},
    {false, "CRL-REASONS", X509_V_OK, false, "forged::2::CRL *",
     "a list whose point is none of the certificate's does not answer for it (RFC 5280 6.3.3 "
     "(b)(2)(i))"},
    {false, "CRL-STALE", X509_V_OK, false, "forged::*::CRL *",
     "the newest list is over, and an older one is not gone back to (validation.md 4)"},
    {false, "CRL-PROFILE", X509_V_OK, false, "*", PROFILE},
    {false, "CRL-ENTRIES", X509_V_OK, false, "*", STRICT},
    {false, "CRL-ALGORITHM", X509_V_OK, false, "forged::*::CA *", STRICT},
};

/* ---- what came ------------------------------------------------------------------------------- */

struct kind {
    bool we_accept;
    char finding[64];
    struct other theirs;
    const struct reason *reason;
    char example[256], words[512];
    unsigned count;
};

static struct {
    daotp_context *context;
    struct suite *suite;
    bool verbose;
    const char *only, *keep;
    unsigned seed, forged;
    struct kind kinds[MAX_KINDS];
    size_t kind_count;
    unsigned accepted, refused, differences, unjustified;
} all;

static const struct reason *find_reason(const struct kind *kind, const char *id)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].we_accept == kind->we_accept &&
            (reasons[i].error == ANY || reasons[i].error == kind->theirs.error) &&
            (!reasons[i].at_anchor || kind->theirs.at_anchor) &&
            fnmatch(reasons[i].finding, kind->finding, 0) == 0 &&
            fnmatch(reasons[i].where, id, 0) == 0)
            return &reasons[i];
    return NULL;
}

static void note(struct kind *one, const char *id, const char *words)
{
    for (size_t i = 0; i < all.kind_count; i++) {
        struct kind *kind = &all.kinds[i];

        if (kind->we_accept == one->we_accept && kind->theirs.error == one->theirs.error &&
            kind->theirs.at_anchor == one->theirs.at_anchor && kind->reason == one->reason &&
            strcmp(kind->finding, one->finding) == 0) {
            kind->count++;
            return;
        }
    }
    if (all.kind_count == MAX_KINDS)
        suite_give_up("more than %d kinds of difference", MAX_KINDS);
    one->count = 1;
    (void)snprintf(one->example, sizeof one->example, "%s", id);
    (void)snprintf(one->words, sizeof one->words, "%.300s", words);
    all.kinds[all.kind_count++] = *one;
}

/* Of what we accept: does OpenSSL too, once it is shown the way? Of what we refuse: our finding. */
static void describe(struct kind *kind, const struct suite_case *one, const struct verdict *ours)
{
    const char *text = "";

    if (ours->accepted && openssl_takes_our_path(all.context, one, &kind->theirs))
        text = "another path";
    else if (ours->accepted && kind->theirs.extension != NULL)
        text = kind->theirs.extension;
    else if (ours->accepted && !kind->theirs.reads_all)
        text = "unread";
    else if (!ours_reads_all(all.context, one))
        text = ours->accepted ? "not read" : "not read, ";
    (void)snprintf(kind->finding, sizeof kind->finding, "%s%.*s", text,
                   ours->accepted ? 0 : (int)strcspn(ours->first, ","), ours->first);
}

static void differ(const struct suite_case *one, const struct verdict *ours, struct other theirs,
                   const char *id)
{
    struct kind kind = {.we_accept = ours->accepted, .theirs = theirs};

    describe(&kind, one, ours);
    kind.reason = find_reason(&kind, id);
    all.differences++;
    all.unjustified += kind.reason == NULL;
    if (all.verbose || kind.reason == NULL)
        printf("%s %s: ours %s (%s), OpenSSL %s\n", kind.reason == NULL ? "UNJUSTIFIED" : "     ",
               id, daotp_status_name(ours->status), ours->first, openssl_error(theirs.error));
    note(&kind, id, ours->first);
}

static void keep_list(const struct chunks *chunks, const char *name)
{
    for (size_t i = 0; i < chunks->count; i++) {
        char path[512];
        FILE *file;

        (void)snprintf(path, sizeof path, "%s/%s-%zu", all.keep, name, i);
        file = fopen(path, "wb");
        if (file == NULL ||
            fwrite(chunks->list[i].bytes, 1, chunks->list[i].len, file) != chunks->list[i].len ||
            fclose(file) != 0)
            suite_give_up("%s cannot be written", path);
    }
}

static void keep(const struct suite_case *one)
{
    keep_list(&one->anchors, "anchor");
    keep_list(&one->intermediates, "ca");
    keep_list(&one->leaf, "certificate");
    keep_list(&one->crls, "crl");
}

void difference_try(const struct suite_case *one, const char *how)
{
    struct suite_case plain = *one;
    struct verdict ours;
    char id[256];
    struct other theirs;

    plain.name_count = plain.purpose_count = 0; /* of these OpenSSL has other notions */
    plain.has_user_policies = false;
    (void)snprintf(id, sizeof id, "%s%s", one->id, how);
    if (all.only != NULL && fnmatch(all.only, id, 0) != 0)
        return;
    if (all.keep != NULL)
        keep(&plain);
    case_verify(all.context, &plain, DAOTP_RULES_PATH, &ours);
    theirs = openssl_verify(&plain);
    if (!ours.accepted && !ours.refused)
        suite_give_up("%s: %s", id, daotp_status_name(ours.status));
    all.accepted += ours.accepted;
    all.refused += !ours.accepted;
    if (ours.accepted != (theirs.error == X509_V_OK))
        differ(&plain, &ours, theirs, id);
}

bool difference_accepts(const struct suite_case *one)
{
    struct other theirs = openssl_verify(one);
    struct verdict ours;

    case_verify(all.context, one, DAOTP_RULES_PATH, &ours);
    if (!ours.accepted || theirs.error != X509_V_OK)
        (void)fprintf(stderr, "%s: ours %s (%s), OpenSSL %s\n", one->id,
                      daotp_status_name(ours.status), ours.first, openssl_error(theirs.error));
    return ours.accepted && theirs.error == X509_V_OK;
}

/* ---- the suites: their reader hands each case here, in the place of suite_try() -------------- */

void __wrap_suite_try(struct suite *suite, const struct suite_case *one);
void __wrap_suite_try(struct suite *suite, const struct suite_case *one)
{
    (void)suite;
    if (one->broken[0] != '\0')
        suite_give_up("%s: %s", one->id, one->broken);
    difference_try(one, "");
    mutants_try(one);
}

/* ---- chance ---------------------------------------------------------------------------------- */

dice dice_for(const char *id, unsigned number)
{
    dice made = {0x5DEECE66Du ^ number ^ (uint64_t)all.seed << 32};

    for (; *id != '\0'; id++)
        made.state = (made.state ^ (unsigned char)*id) * 0x100000001B3u;
    (void)dice_roll(&made, 1);
    return made;
}

unsigned dice_roll(dice *from, unsigned sides)
{
    uint64_t x;

    from->state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    x = from->state;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((x ^ x >> 31) % sides);
}

/* ---- the outcome ----------------------------------------------------------------------------- */

static void show(void)
{
    for (size_t i = 0; i < all.kind_count; i++) {
        const struct kind *kind = &all.kinds[i];

        printf("%5u  ours %s, OpenSSL %s%s\n       e.g. %s: %s\n       %s\n", kind->count,
               kind->we_accept && kind->finding[0] == '\0' ? "accepted" : kind->finding,
               openssl_error(kind->theirs.error), kind->theirs.at_anchor ? ", of the anchor" : "",
               kind->example, kind->words,
               kind->reason != NULL ? kind->reason->why : "UNJUSTIFIED");
    }
    printf("%u accepted, %u refused, %u differences of %zu kinds, %u unjustified\n", all.accepted,
           all.refused, all.differences, all.kind_count, all.unjustified);
}

static bool take_number(unsigned *out)
{
    char *end;
    unsigned long number = strtoul(optarg, &end, 10);

    *out = (unsigned)number;
    return optarg[0] >= '0' && optarg[0] <= '9' && *end == '\0' && number <= MAX_NUMBER;
}

static bool take_option(int option)
{
    switch (option) {
    case 'v':
        all.verbose = true;
        return true;
    case 'o':
        all.only = optarg;
        return true;
    case 'k':
        all.keep = optarg;
        return true;
    case 's':
        return take_number(&all.seed);
    case 'f':
        return take_number(&all.forged);
    case 'h':
        (void)fputs(help, stdout);
        exit(0);
    default:
        return false;
    }
}

/* The two inputs are left. */
static bool take_options(int argc, char **argv)
{
    static const struct option names[] = {{"verbose", no_argument, NULL, 'v'},
                                          {"only", required_argument, NULL, 'o'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"forged", required_argument, NULL, 'f'},
                                          {"keep", required_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!take_option(option))
            return false;
    return argc - optind == 2;
}

int main(int argc, char **argv)
{
    struct suite suite = {0};

    all.forged = FORGED;
    if (!take_options(argc, argv)) {
        (void)fputs(help, stderr);
        return 64;
    }
    if (daotp_context_new(&all.context) != DAOTP_OK)
        suite_give_up("out of memory");
    suite.context = all.context;
    pkits_run(&suite, argv[optind]);
    limbo_run(&suite, argv[optind + 1]);
    forged_try(all.forged);
    daotp_context_unref(all.context);
    if (all.accepted + all.refused == 0)
        suite_give_up("no case was run");
    show();
    return all.unjustified > 0 ? 1 : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/path.h"

#include "validate/rules.h"
#include "validate/signature_check.h"
#include "x509/key_rules.h"
#include "x509/name.h"
#include "x509/name_match.h"

/* The state variables of RFC 5280 6.1.2. */
typedef struct state {
    daotp__run *run;
    const daotp__path *path;
    daotp__checklist *check;
    bool as_signer, has_policies;
    size_t explicit_policy, policy_mapping, inhibit_any, path_length;
} state;

static void path_report(state *s, const daotp__node *node, daotp_finding_number number)
{
    daotp__checklist_report_node(s->check, node, number, "%s", "");
}

/* Report a malformed extension. */
static void report_unreadable(state *s, const daotp__node *node, daotp_finding_number number,
                              const daotp__extension *extension)
{
    char text[DAOTP__FAULT_TEXT] = "";

    if (s->check->report != NULL)
        (void)daotp__extension_describe_fault(node->certificate.der, extension, text);
    daotp__checklist_report_node(s->check, node, number, "%s", text);
}

/* ---- 6.1.3: each certificate ----------------------------------------------------------------- */

static void find_time(state *s, const daotp__node *node, daotp_finding_number number,
                      int64_t seconds)
{
    char text[DAOTP__TIME_TEXT];

    daotp__checklist_report_node(s->check, node, number, "%s", daotp__time_text(seconds, text));
}

static void check_time(state *s, const daotp__node *node)
{
    int64_t now = s->run->settings->now;

    if (now < node->certificate.not_before)
        find_time(s, node, DAOTP_FINDING_CHAIN_NOT_YET, node->certificate.not_before);
    if (now > node->certificate.not_after)
        find_time(s, node, DAOTP_FINDING_CHAIN_EXPIRED, node->certificate.not_after);
}

/* Describe the algorithm, and why it does not match the issuer's key. */
static void report_algorithm(state *s, const daotp__node *node, const daotp__node *issuer)
{
    const daotp__algorithm *algorithm = &node->certificate.signature_algorithm;
    char text[DAOTP__SCHEME_TEXT];
    daotp__scheme scheme;
    const char *fault;

    (void)daotp__scheme_describe(algorithm, text);
    if (daotp__scheme_read(algorithm, &scheme, &fault) && issuer->has_public_key &&
        !daotp__verify_key_scheme(&issuer->public_key, algorithm, &scheme, &fault))
        daotp__checklist_report_node(s->check, node, DAOTP_FINDING_CHAIN_ALGORITHM, "%s: %s", text,
                                     fault);
    else
        daotp__checklist_report_node(s->check, node, DAOTP_FINDING_CHAIN_ALGORITHM, "%s", text);
}

static void path_check_signature(state *s, const daotp__node *node, daotp__node *issuer)
{
    daotp_finding_number verdict = daotp__signature_check(s->run, node, issuer);

    if (verdict == DAOTP_FINDING_CHAIN_ALGORITHM)
        report_algorithm(s, node, issuer);
    else if (verdict != 0)
        path_report(s, node, verdict);
}

static void check_key(state *s, const daotp__node *node)
{
    char fault[DAOTP__KEY_FAULT_TEXT];

    if (daotp__node_key_shape(node, fault) != DAOTP_OK)
        daotp__checklist_report_node(s->check, node, DAOTP_FINDING_CHAIN_KEY, "%s", fault);
}

/* Check the keys by the costly rules. This runs last, so that only certificates issued below an
 * anchor can cause this work. The leaf is also checked when the report has to say what is wrong
 * with it. */
static void check_path_keys(state *s)
{
    size_t count = s->check->verdict == DAOTP_OK ? s->path->count : s->check->report != NULL;
    char fault[DAOTP__KEY_FAULT_TEXT];

    for (size_t i = 0; i < count && !daotp__checklist_is_final(s->check); i++) {
        daotp__node *node = s->path->list[i];

        if (daotp__node_key_is_acceptable(node) &&
            daotp__signature_check_key(s->run, node, fault) == DAOTP_REJECTED)
            daotp__checklist_report_node(s->check, node, DAOTP_FINDING_CHAIN_KEY, "%s", fault);
    }
}

static daotp_finding_number names_finding(daotp__names_verdict verdict)
{
    switch (verdict) {
    case DAOTP__NAMES_GOOD:
        break;
    case DAOTP__NAMES_MALFORMED:
        return DAOTP_FINDING_CHAIN_CONSTRAINTS;
    case DAOTP__NAMES_INVALID:
        return DAOTP_FINDING_CHAIN_NAME_INVALID;
    case DAOTP__NAMES_EXCLUDED:
        return DAOTP_FINDING_CHAIN_EXCLUDED;
    case DAOTP__NAMES_FORBIDDEN:
        return DAOTP_FINDING_CHAIN_NOT_PERMITTED;
    case DAOTP__NAMES_UNKNOWN:
        return DAOTP_FINDING_CHAIN_NAME_FORM;
    case DAOTP__NAMES_TOO_MANY:
        return DAOTP_FINDING_CHAIN_BUDGET;
    }
    return 0;
}

static void find_name(state *s, const daotp__node *node, daotp_finding_number number,
                      const daotp__general_name *name)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    if (s->check->report != NULL && name->tag == DAOTP__GENERAL_NAME_DIRECTORY &&
        daotp__name_text(name->content, &text))
        daotp__checklist_report_node(s->check, node, number, "%s", daotp__buffer_string(&text));
    else if (name->tag == DAOTP__GENERAL_NAME_ADDRESS || (name->tag & 0x20) != 0)
        daotp__checklist_report_node(s->check, node, number, "GeneralName [%u]", name->tag & 0x1Fu);
    else
        daotp__checklist_report_node(s->check, node, number, "%.*s", (int)name->content.len,
                                     (const char *)name->content.data);
    daotp__buffer_free(&text);
}

/* RFC 5280 6.1.3 (b), (c): check the names against the constraints of every CA above. */
static void path_check_names(state *s, size_t at)
{
    const daotp__node *node = s->path->list[at];
    daotp__general_name name = {0};

    if (at > 0 && node->is_self_issued)
        return;
    for (size_t above = at + 1; above < s->path->count; above++) {
        const daotp__node *authority = s->path->list[above];
        daotp__names_verdict verdict = DAOTP__NAMES_GOOD;

        if (authority->name_constraints != NULL)
            verdict = daotp__names_check(node, authority, &s->run->names_left, &name);
        if (verdict == DAOTP__NAMES_MALFORMED)
            report_unreadable(s, authority, DAOTP_FINDING_CHAIN_CONSTRAINTS,
                              authority->name_constraints);
        else if (verdict != DAOTP__NAMES_GOOD)
            find_name(s, node, names_finding(verdict), &name);
    }
}

static void find_policy(state *s, const daotp__node *node, const daotp__extension *extension,
                        daotp__policy_verdict verdict)
{
    if (verdict == DAOTP__POLICY_MALFORMED)
        report_unreadable(s, node, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, extension);
    else if (verdict == DAOTP__POLICY_TOO_MANY)
        path_report(s, node, DAOTP_FINDING_CHAIN_BUDGET);
}

/* RFC 5280 6.1.3 (d) to (f) */
static void check_policies(state *s, size_t at)
{
    const daotp__node *node = s->path->list[at];

    if (!s->has_policies)
        return;
    find_policy(s, node, node->policies,
                daotp__policy_graph_take(s->run->graph, node,
                                         s->inhibit_any > 0 || (at > 0 && node->is_self_issued)));
    if (s->explicit_policy == 0 && daotp__policy_graph_is_empty(s->run->graph))
        path_report(s, node, DAOTP_FINDING_CHAIN_POLICY);
}

static void check_issuer_name(state *s, const daotp__node *node, const daotp__node *issuer)
{
    if (node->issuer_hash != issuer->subject_hash ||
        !daotp__name_equal(node->certificate.issuer, issuer->certificate.subject))
        path_report(s, node, DAOTP_FINDING_CHAIN_NAME);
}

static void check_extensions(state *s, const daotp__node *node)
{
    char oid[DAOTP__OID_TEXT];

    if (node->unknown != NULL)
        daotp__checklist_report_node(s->check, node, DAOTP_FINDING_CHAIN_CRITICAL, "%s",
                                     daotp__oid_describe(node->unknown->oid, oid));
    if (node->malformed != NULL)
        report_unreadable(s, node, DAOTP_FINDING_CHAIN_EXTENSION, node->malformed);
}

/* ---- 6.1.4: towards the next ----------------------------------------------------------------- */

static void path_lower(size_t *counter, int64_t to)
{
    if (to >= 0 && (uint64_t)to < *counter)
        *counter = (size_t)to;
}

static void take_policy_constraints(state *s, const daotp__node *node)
{
    int64_t require_explicit = -1, inhibit_mapping = -1, skip = -1;

    if (node->policy_constraints != NULL &&
        !daotp__policy_constraints_read(node->policy_constraints, &require_explicit,
                                        &inhibit_mapping))
        report_unreadable(s, node, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, node->policy_constraints);
    if (node->inhibit_any != NULL && !daotp__inhibit_any_read(node->inhibit_any, &skip))
        report_unreadable(s, node, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, node->inhibit_any);
    path_lower(&s->explicit_policy, require_explicit);
    path_lower(&s->policy_mapping, inhibit_mapping);
    path_lower(&s->inhibit_any, skip);
}

/* RFC 5280 6.1.4 (k) to (n) */
static void check_authority(state *s, const daotp__node *node)
{
    if (!node->is_ca)
        path_report(s, node, DAOTP_FINDING_CHAIN_NOT_CA);
    if (!node->is_self_issued) {
        if (s->path_length == 0)
            path_report(s, node, DAOTP_FINDING_CHAIN_PATH_LENGTH);
        else
            s->path_length--;
    }
    path_lower(&s->path_length, node->path_length);
    if (node->key_usage != NULL && (node->usage & DAOTP__KU_CERT_SIGN) == 0)
        path_report(s, node, DAOTP_FINDING_CHAIN_CERT_SIGN);
}

static void prepare_next(state *s, size_t at)
{
    const daotp__node *node = s->path->list[at];

    if (s->has_policies)
        find_policy(s, node, node->mappings,
                    daotp__policy_graph_map(s->run->graph, node, s->policy_mapping > 0));
    if (!node->is_self_issued) { /* (h) */
        s->explicit_policy -= s->explicit_policy > 0;
        s->policy_mapping -= s->policy_mapping > 0;
        s->inhibit_any -= s->inhibit_any > 0;
    }
    take_policy_constraints(s, node);
    check_authority(s, node);
}

/* ---- 6.1.5: the end -------------------------------------------------------------------------- */

static void finish_policies(state *s, const daotp__node *leaf)
{
    const daotp__settings *settings = s->run->settings;
    int64_t require_explicit = -1, ignored, skip;

    s->explicit_policy -= s->explicit_policy > 0;
    if (leaf->policy_constraints != NULL &&
        !daotp__policy_constraints_read(leaf->policy_constraints, &require_explicit, &ignored))
        report_unreadable(s, leaf, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, leaf->policy_constraints);
    if (leaf->mappings != NULL && !daotp__policy_mappings_are_valid(leaf->mappings))
        report_unreadable(s, leaf, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, leaf->mappings);
    if (leaf->inhibit_any != NULL && !daotp__inhibit_any_read(leaf->inhibit_any, &skip))
        report_unreadable(s, leaf, DAOTP_FINDING_CHAIN_POLICY_MALFORMED, leaf->inhibit_any);
    if (require_explicit == 0)
        s->explicit_policy = 0;
    s->run->policy_count = 0;
    if (s->has_policies)
        s->run->policy_count = daotp__policy_graph_finish(
            s->run->graph, settings->policies, settings->policy_count, s->run->policies,
            sizeof s->run->policies / sizeof s->run->policies[0]);
    if (s->explicit_policy == 0 && s->run->policy_count == 0 &&
        s->path->list[s->path->count - 1]
            ->is_anchor) /* without the extension nothing can be checked */
        path_report(s, leaf, DAOTP_FINDING_CHAIN_POLICY);
}

static void path_check_purpose(state *s, const daotp__node *leaf)
{
    daotp__bytes wanted = s->run->settings->purpose, in, oid;
    char text[DAOTP__OID_TEXT];

    if (wanted.len == 0 || leaf->eku == NULL || !daotp__eku_begin(leaf->eku, &in))
        return;
    while (daotp__eku_next(&in, &oid))
        if (daotp__bytes_equal(oid, wanted) || daotp__oid_is(oid, DAOTP__OID_ANY_EKU))
            return;
    daotp__checklist_report_node(s->check, leaf, DAOTP_FINDING_CHAIN_PURPOSE, "%s",
                                 daotp__oid_describe(wanted, text));
}

/* The certificate of a domain controller is valid only for the realms that it names. If the
 * caller requires no realm, any name would be accepted: report that. */
static void tell_open_realm(state *s, const daotp__node *leaf)
{
    const daotp__settings *settings = s->run->settings;

    for (size_t i = 0; i < settings->name_count; i++)
        if (settings->names[i].kind == DAOTP_NAME_REALM)
            return;
    if (settings->role == DAOTP_ROLE_KDC)
        daotp__checklist_report_node(s->check, leaf, DAOTP_FINDING_KDC_REALM_OPEN,
                                     "no realm was given");
}

static void check_wanted_names(state *s, const daotp__node *leaf)
{
    const daotp__settings *settings = s->run->settings;

    tell_open_realm(s, leaf);
    for (size_t i = 0; i < settings->name_count; i++)
        if (!daotp__names_has(leaf, &settings->names[i]))
            daotp__checklist_report_node(s->check, leaf,
                                         settings->names[i].kind == DAOTP_NAME_REALM
                                             ? DAOTP_FINDING_KDC_NAME
                                             : DAOTP_FINDING_CHAIN_HOST,
                                         "%s", settings->names[i].text);
}

/* ---- the part it is to play ------------------------------------------------------------------ */

/* Whether the role is a logon to a domain, so that the issuer must be in the NTAuth list, if a
 * list is set. */
static bool is_asked_for_ntauth(const daotp__settings *settings, const daotp__path *path)
{
    bool logs_on = settings->role == DAOTP_ROLE_OTP_LOGON || settings->role == DAOTP_ROLE_KDC;

    return logs_on && path->count > 1 && settings->ntauth->count > 0;
}

bool daotp__path_is_in_ntauth(const daotp__settings *settings, const daotp__path *path)
{
    const daotp__nodes *ntauth = settings->ntauth;

    if (!is_asked_for_ntauth(settings, path))
        return false;
    for (size_t i = 0; i < ntauth->count; i++)
        if (daotp__bytes_equal(ntauth->list[i]->certificate.der, path->list[1]->certificate.der))
            return true;
    return false;
}

/* The extended key usage of a CA limits the certificates below it, as in Windows, and in
 * libcrypto for TLS. The one of an anchor is ignored. */
static const struct {
    daotp_role role;
    enum daotp__oid purpose;
    daotp_finding_number finding;
} role_purposes[] = {
    {DAOTP_ROLE_OTP_LOGON, DAOTP__OID_SMART_CARD_LOGON, DAOTP_FINDING_ISSUER_EKU},
    {DAOTP_ROLE_RA, DAOTP__OID_OTP_RA, DAOTP_FINDING_CHAIN_PURPOSE},
    {DAOTP_ROLE_CLIENT, DAOTP__OID_CLIENT_AUTH, DAOTP_FINDING_CHAIN_PURPOSE},
    {DAOTP_ROLE_SERVER, DAOTP__OID_SERVER_AUTH, DAOTP_FINDING_CHAIN_PURPOSE},
};

static bool allows_purpose(const daotp__node *node, enum daotp__oid purpose)
{
    daotp__purposes own, any;

    return node->eku == NULL || (daotp__eku_read(node->eku, purpose, &own) && own.has) ||
           (daotp__eku_read(node->eku, DAOTP__OID_ANY_EKU, &any) && any.has);
}

static void check_limited_cas(state *s)
{
    daotp_role role = s->run->settings->role;
    size_t row = 0;

    while (row < sizeof role_purposes / sizeof role_purposes[0] && role_purposes[row].role != role)
        row++;
    if (row == sizeof role_purposes / sizeof role_purposes[0])
        return;
    for (size_t at = 1; at < s->path->count; at++)
        if (!s->path->list[at]->is_anchor &&
            !allows_purpose(s->path->list[at], role_purposes[row].purpose))
            daotp__checklist_report_node(s->check, s->path->list[at], role_purposes[row].finding,
                                         "the CA's extended key usage leaves %s out",
                                         daotp__oid_name(role_purposes[row].purpose));
}

static void check_role(state *s)
{
    const daotp__settings *settings = s->run->settings;

    daotp__checklist_report_role(s->check, s->path->list[0], settings->role, settings->now);
    check_limited_cas(s);
    if (is_asked_for_ntauth(settings, s->path) && !daotp__path_is_in_ntauth(settings, s->path))
        path_report(s, s->path->list[1], DAOTP_FINDING_NTAUTH_LIST);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Without a policy extension anywhere there is nothing to process. */
static bool has_policies(const daotp__path *path)
{
    for (size_t i = 0; i + 1 < path->count; i++)
        if (path->list[i]->policies != NULL || path->list[i]->mappings != NULL)
            return true;
    return false;
}

static void begin_path_state(state *s)
{
    const daotp__settings *settings = s->run->settings;
    size_t n = s->path->count; /* n + 1 of RFC 5280 6.1.2 */

    s->explicit_policy = settings->explicit_policy && !s->as_signer ? 0 : n;
    s->policy_mapping = settings->inhibit_mapping && !s->as_signer ? 0 : n;
    s->inhibit_any = settings->inhibit_any_policy && !s->as_signer ? 0 : n;
    s->path_length = n;
    s->has_policies = !s->as_signer && s->run->graph != NULL && has_policies(s->path);
    if (s->has_policies)
        daotp__policy_graph_begin(s->run->graph);
}

static void check_anchor(state *s)
{
    const daotp__node *anchor = s->path->list[s->path->count - 1];

    check_key(s, anchor);
    path_lower(&s->path_length, anchor->path_length);
    if (s->run->settings->rules != DAOTP_RULES_PATH) {
        check_time(s, anchor);
        check_extensions(s, anchor);
    }
}

static void check_depth(state *s)
{
    unsigned depth = 0;

    for (size_t i = 1; i + 1 < s->path->count; i++)
        depth += !s->path->list[i]->is_self_issued;
    if (depth > s->run->settings->max_depth)
        daotp__checklist_report_node(s->check, s->path->list[0], DAOTP_FINDING_CHAIN_DEPTH, "%u",
                                     depth);
}

static void check_one(state *s, size_t at)
{
    const daotp__node *node = s->path->list[at];

    check_time(s, node);
    check_issuer_name(s, node, s->path->list[at + 1]);
    check_extensions(s, node);
    check_key(s, node);
    check_policies(s, at);
    path_check_names(s, at);
    if (at > 0)
        prepare_next(s, at);
    if (!daotp__checklist_is_final(s->check))
        path_check_signature(s, node, s->path->list[at + 1]);
}

void daotp__path_check(daotp__run *run, const daotp__path *path, bool as_signer,
                       daotp__checklist *check)
{
    state s = {.run = run, .path = path, .check = check, .as_signer = as_signer};

    begin_path_state(&s);
    check_depth(&s);
    check_anchor(&s);
    for (size_t at = path->count - 1; at > 0 && !daotp__checklist_is_final(check); at--)
        check_one(&s, at - 1);
    if (!as_signer && !daotp__checklist_is_final(check)) {
        finish_policies(&s, path->list[0]);
        path_check_purpose(&s, path->list[0]);
        check_wanted_names(&s, path->list[0]);
        check_role(&s);
    }
    if (!daotp__checklist_is_final(check) && run->settings->rules != DAOTP_RULES_PATH)
        daotp__rules_check(run, path, as_signer, check);
    if (!daotp__checklist_is_final(check))
        check_path_keys(&s);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/knowledge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const daotp__code daotp__codes[] = {
#define CODE(kind, value, names, stage, standing, meaning, causes, confused, source)               \
    {DAOTP__KIND_##kind, value, names, stage, DAOTP__##standing, meaning, causes, confused, source},
#define REQUIREMENT(ids, part, finding, weight, stage, statement, setting, command, causes,        \
                    source)                                                                        \
    {DAOTP__KIND_REQUIREMENT, 0, ids, stage, DAOTP__FACT, statement, causes, "", source},
#include "knowledge/codes.def"
#undef CODE
#undef REQUIREMENT
};
const size_t daotp__code_count = sizeof daotp__codes / sizeof daotp__codes[0];

const daotp__cause daotp__causes[] = {
#define CAUSE(id, stage, standing, title, check, cure, source)                                     \
    {id, stage, DAOTP__##standing, title, check, cure, source},
#include "knowledge/causes.def"
#undef CAUSE
};
const size_t daotp__cause_count = sizeof daotp__causes / sizeof daotp__causes[0];

const daotp__requirement daotp__requirements[] = {
#define REQUIREMENT(ids, part, finding, weight, stage, statement, setting, command, causes,        \
                    source)                                                                        \
    {ids,                                                                                          \
     DAOTP__PART_##part,                                                                           \
     DAOTP_FINDING_##finding,                                                                      \
     DAOTP__##weight,                                                                              \
     statement,                                                                                    \
     setting,                                                                                      \
     command,                                                                                      \
     source},
#include "knowledge/requirement.def"
#undef REQUIREMENT
};
const size_t daotp__requirement_count = sizeof daotp__requirements / sizeof daotp__requirements[0];

const daotp__message daotp__messages[] = {
#define MESSAGE(language, reference, words) {language, reference, words},
#include "knowledge/message.def"
#undef MESSAGE
};
const size_t daotp__message_count = sizeof daotp__messages / sizeof daotp__messages[0];

/* ---- kinds ----------------------------------------------------------------------------------- */

static const struct {
    const char *prefix, *others, *name;
} kinds[DAOTP__KIND_COUNT] = {
    [DAOTP__KIND_KRB] = {"krb", "kerberos-error krb_error krb-error", "Kerberos error"},
    [DAOTP__KIND_WINHTTP] = {"winhttp", "wininet", "WinHTTP error"},
    [DAOTP__KIND_IKE] = {"ike", "ipsec authip", "IKE error"},
    [DAOTP__KIND_OTP] = {"event", "otp otpcredentialprovider", "event of OtpCredentialProvider"},
    [DAOTP__KIND_KDC] = {"KDC", "event kerberos-key-distribution-center",
                         "event of Kerberos-Key-Distribution-Center"},
    [DAOTP__KIND_KERBEROS] = {"Kerberos", "event security-kerberos", "event of Security-Kerberos"},
    [DAOTP__KIND_NPS] = {"NPS", "event ias", "event of the Network Policy Server"},
    [DAOTP__KIND_SCHANNEL] = {"Schannel", "event", "event of Schannel"},
    [DAOTP__KIND_CA] = {"CertificationAuthority", "event certsvc ca",
                        "event of CertificationAuthority"},
    [DAOTP__KIND_SECURITY] = {"Security", "event security-auditing audit",
                              "event of the Security log"},
    [DAOTP__KIND_CAPI] = {"CAPI2", "event", "event of CAPI2"},
    [DAOTP__KIND_RAS] = {"RasClient", "event rasman remoteaccess", "event of Remote Access"},
    [DAOTP__KIND_ENROLL] = {"CertificateServicesClient", "event certenroll autoenrollment",
                            "event of CertificateServicesClient"},
    [DAOTP__KIND_DCOM] = {"DistributedCOM", "event dcom", "event of DistributedCOM"},
    [DAOTP__KIND_UAG] = {"UAG", "event", "event of Forefront UAG"},
    [DAOTP__KIND_REASON] = {"reason", "reason-code", "reason code of NPS"},
    [DAOTP__KIND_WIN32] = {"win32", "rpc", "Win32 error"},
    [DAOTP__KIND_IIS] = {"iis", "http", "status of IIS"},
    [DAOTP__KIND_ALERT] = {"alert", "tls", "TLS alert"},
    [DAOTP__KIND_RADIUS] = {"radius", "", "RADIUS packet"},
    [DAOTP__KIND_DISPOSITION] = {"disposition", "", "disposition of a CA"},
    [DAOTP__KIND_HRESULT] = {"hresult", "hr", "HRESULT"},
    [DAOTP__KIND_NTSTATUS] = {"ntstatus", "status", "NTSTATUS"},
    [DAOTP__KIND_RPC] = {"fault", "rpc", "RPC fault"},
    [DAOTP__KIND_SECURE_FAILURE] = {"secure-failure", "", "flag of a WinHTTP secure failure"},
    [DAOTP__KIND_CHAIN_STATUS] = {"chain-status", "dwerrorstatus trust",
                                  "bit of CERT_TRUST_STATUS"},
    [DAOTP__KIND_OID] = {"oid", "", "object identifier"},
    [DAOTP__KIND_WORD] = {"word", "", "term"},
    [DAOTP__KIND_SOURCE] = {"source", "", "source of events"},
    [DAOTP__KIND_STAGE] = {"stage", "", "stage"},
    [DAOTP__KIND_REQUIREMENT] = {"requirement", "", "requirement"},
};

const char *daotp__kind_name(daotp__kind kind)
{
    return kinds[kind].name;
}

uint32_t daotp__kinds_by_prefix(const char *prefix, size_t len)
{
    uint32_t found = 0;

    for (int kind = 0; kind < DAOTP__KIND_COUNT; kind++)
        if (daotp__list_has(kinds[kind].prefix, prefix, len) ||
            daotp__list_has(kinds[kind].others, prefix, len))
            found |= UINT32_C(1) << kind;
    return found;
}

/* ---- lists of words -------------------------------------------------------------------------- */

const char *daotp__list_word(const char *list, size_t n, size_t *len)
{
    for (;; n--) {
        list += strspn(list, " ");
        *len = strcspn(list, " ");
        if (*len == 0)
            return NULL;
        if (n == 0)
            return list;
        list += *len;
    }
}

bool daotp__list_has(const char *list, const char *word, size_t len)
{
    size_t n;

    for (list += strspn(list, " "); *list != '\0'; list += n, list += strspn(list, " ")) {
        n = strcspn(list, " ");
        if (n == len && strncasecmp(list, word, n) == 0)
            return true;
    }
    return false;
}

/* ---- codes ----------------------------------------------------------------------------------- */

static bool is_named_only(daotp__kind kind)
{
    return kind == DAOTP__KIND_OID || kind == DAOTP__KIND_WORD || kind == DAOTP__KIND_STAGE ||
           kind == DAOTP__KIND_REQUIREMENT;
}

static bool is_hexadecimal(daotp__kind kind)
{
    return kind == DAOTP__KIND_HRESULT || kind == DAOTP__KIND_NTSTATUS;
}

void daotp__code_id(const daotp__code *code, char id[DAOTP__ID_SIZE])
{
    const char *prefix = kinds[code->kind].prefix;
    unsigned status = code->value / 1000, substatus = code->value % 1000;
    size_t len;
    const char *first = daotp__list_word(code->names, 0, &len);

    if ((is_named_only(code->kind) || code->kind == DAOTP__KIND_SOURCE) && first != NULL)
        (void)snprintf(id, DAOTP__ID_SIZE, "%.*s", (int)len, first);
    else if (is_hexadecimal(code->kind))
        (void)snprintf(id, DAOTP__ID_SIZE, "0x%08" PRIX32, code->value);
    else if (code->kind == DAOTP__KIND_IIS && substatus != 999)
        (void)snprintf(id, DAOTP__ID_SIZE, "%s:%u.%u", prefix, status, substatus);
    else if (code->kind == DAOTP__KIND_IIS)
        (void)snprintf(id, DAOTP__ID_SIZE, "%s:%u", prefix, status);
    else if (code->kind >= DAOTP__KIND_RPC)
        (void)snprintf(id, DAOTP__ID_SIZE, "%s:0x%08" PRIX32, prefix, code->value);
    else
        (void)snprintf(id, DAOTP__ID_SIZE, "%s:%" PRIu32, prefix, code->value);
}

bool daotp__kind_is_win32(daotp__kind kind)
{
    return kind == DAOTP__KIND_WIN32 || kind == DAOTP__KIND_WINHTTP || kind == DAOTP__KIND_IKE;
}

void daotp__code_names(const daotp__code *code, char names[DAOTP__NAMES_SIZE])
{
    const char *space = *code->names != '\0' ? " " : "";
    uint32_t value = code->value;

    if (value <= INT32_MAX && (is_hexadecimal(code->kind) || code->kind == DAOTP__KIND_RPC))
        (void)snprintf(names, DAOTP__NAMES_SIZE, "%s%s0x%08" PRIX32 " %" PRIu32, code->names, space,
                       value, value);
    else if (is_hexadecimal(code->kind))
        (void)snprintf(names, DAOTP__NAMES_SIZE, "%s%s0x%08" PRIX32 " %" PRIu32 " %" PRId32,
                       code->names, space, value, value, (int32_t)value);
    else if (daotp__kind_is_win32(code->kind))
        (void)snprintf(names, DAOTP__NAMES_SIZE, "%s%s0x%" PRIX32 " 0x8007%04" PRIX32, code->names,
                       space, value, value & 0xFFFF);
    else if (code->kind == DAOTP__KIND_KRB || code->kind == DAOTP__KIND_ALERT)
        (void)snprintf(names, DAOTP__NAMES_SIZE, "%s%s0x%02" PRIX32, code->names, space, value);
    else
        (void)snprintf(names, DAOTP__NAMES_SIZE, "%s", code->names);
}

const daotp__code *daotp__code_find(daotp__kind kind, uint32_t value)
{
    if (is_named_only(kind))
        return NULL;
    for (size_t i = 0; i < daotp__code_count; i++)
        if (daotp__codes[i].kind == kind && daotp__codes[i].value == value)
            return &daotp__codes[i];
    return NULL;
}

static const daotp__code *find_win32(uint32_t number)
{
    static const daotp__kind of[] = {DAOTP__KIND_WIN32, DAOTP__KIND_WINHTTP, DAOTP__KIND_IKE};

    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        const daotp__code *code = daotp__code_find(of[i], number);

        if (code != NULL)
            return code;
    }
    return NULL;
}

const daotp__code *daotp__code_by_hresult(uint32_t value)
{
    enum { WIN32 = 0x8007, NT_WIN32 = 0xC007, FROM_NT = 0x10000000 };
    const daotp__code *code = daotp__code_find(DAOTP__KIND_HRESULT, value);

    if (code == NULL)
        code = daotp__code_find(DAOTP__KIND_NTSTATUS, value);
    if (code == NULL)
        code = daotp__code_find(DAOTP__KIND_RPC, value);
    if (code == NULL && (value >> 16 == WIN32 || value >> 16 == NT_WIN32))
        code = find_win32(value & 0xFFFF);
    if (code == NULL && value >> 28 == 0xD)
        code = daotp__code_find(DAOTP__KIND_NTSTATUS, value & ~(uint32_t)FROM_NT);
    return code;
}

const daotp__cause *daotp__cause_find(const char *id, size_t len)
{
    for (size_t i = 0; i < daotp__cause_count; i++)
        if (strlen(daotp__causes[i].id) == len && strncasecmp(daotp__causes[i].id, id, len) == 0)
            return &daotp__causes[i];
    return NULL;
}

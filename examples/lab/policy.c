/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab_dir.h"
#include "log.h"

struct row {
    const char *key;
    const char *fallback;
    const char *comment;
};

static const struct row rows[POLICY_KEYS] = {
    [POLICY_CES] = {"ces", "up", "down: no listener (read when the CA starts)"},
    [POLICY_ICPR] = {"icpr", "on", "off: not registered (IF_NORPCICERTREQUEST)"},
    [POLICY_DCOM] = {"dcom", "on",
                     "off: IF_NOREMOTEICERTREQUEST; class: not registered; access: denied;\n"
                     "# stopped: CertSvc does not start; create: RemoteActivation is refused;\n"
                     "# first: the object has ICertRequestD alone; rights: the CA denies its calls"},
    [POLICY_RPC] = {"rpc", "sealed",
                    "clear: answers without a seal; access: denied; drop: no answer;\n"
                    "# firewall: the port that is named is shut; stalled: port 135 is silent"},
    [POLICY_FRONT] = {"front", "none", "a socket: X-Remote-User is believed (read as ces is)"},
    [POLICY_HTTP] = {"http", "soap",
                     "a status: to every call; page: HTML with 200; negotiate: 401, Kerberos only"},
    [POLICY_ANSWER] = {"answer", "decide",
                       "pending, bare-fault, or 0x and an HRESULT: whatever is asked"},
    [POLICY_LANGUAGE] = {"language", "en-US", "de-DE: messages in German"},
    [POLICY_TEMPLATE] = {"template", "published", "anything else: this CA does not offer it"},
    [POLICY_ENROLL] = {"enroll", "allowed", "denied: nobody has the right"},
    [POLICY_FORM] = {"form", "strict", "loose: as AD CS, which looks at less than cmc_form.c"},
    [POLICY_MINIMUM_KEY] = {"minimum_key", "2048", "bits of an RSA key"},
    [POLICY_SHA1] = {"sha1", "allowed", "refused: in requests and in their signatures"},
    [POLICY_RA_SIGNATURES] = {"ra_signatures", "1", "msPKI-RA-Signature"},
    [POLICY_RA_POLICY] = {"ra_policy", "1.3.6.1.4.1.311.81.1.1", "the EKU of the signer"},
    [POLICY_REVOCATION] = {"revocation", "checked", "offline: of the signer, cannot be told"},
    [POLICY_MACHINE_USER] = {"machine_user", "alice", "who a machine certificate stands for"},
    [POLICY_LIFETIME_S] = {"lifetime_s", "3600", "of an issued certificate"},
    [POLICY_CERT_UPN] = {"cert_upn", "caller",
                         "none: left out; two: the administrator's too; ia5: an IA5String"},
    [POLICY_CERT_USER] = {"cert_user", "caller", "an account: the certificate is theirs"},
    [POLICY_CERT_EKU] = {"cert_eku", "1.3.6.1.4.1.311.20.2.2", "a list; none: left out"},
    [POLICY_CERT_SID] = {"cert_sid", "caller", "none: left out; other: the administrator's"},
    [POLICY_CERT_CDP] = {"cert_cdp", "crl", "none: left out"},
    [POLICY_CERT_KEY] = {"cert_key", "request", "other: not the key that was asked for"},
    [POLICY_CERT_KU] = {"cert_ku", "digitalSignature,keyEncipherment",
                        "key usages; none: left out"},
    [POLICY_CERT_DATES] = {"cert_dates", "now", "past, or future: by two hours"},
    [POLICY_CERT_DIGEST] = {"cert_digest", "sha256", "sha1"},
    [POLICY_CERT_AIA] = {"cert_aia", "issuer", "none: left out"},
    [POLICY_CERT_TEMPLATE] = {"cert_template", "asked", "other: another one's"},
};

void policy_default(struct policy *policy)
{
    for (int i = 0; i < POLICY_KEYS; i++)
        snprintf(policy->value[i], sizeof(policy->value[i]), "%s", rows[i].fallback);
}

static int take_line(struct policy *policy, const char *line)
{
    char key[40];
    char value[80];

    if (*line == '#' || *line == '\0')
        return LAB_OK;
    if (sscanf(line, " %39[a-z0-9_] = %79s", key, value) != 2)
        return lab_log(LAB_CONFIG, "policy: not \"key = value\": %s", line);
    for (int i = 0; i < POLICY_KEYS; i++)
        if (strcmp(rows[i].key, key) == 0) {
            strcpy(policy->value[i], value);
            return LAB_OK;
        }
    return lab_log(LAB_CONFIG, "policy: no such key: %s", key);
}

int policy_read(const char *path, struct policy *policy)
{
    unsigned char *text;
    size_t len;
    char *rest = NULL;
    int end = lab_dir_read(path, &text, &len);

    policy_default(policy);
    if (end != LAB_OK)
        return end;
    for (char *line = strtok_r((char *)text, "\n", &rest); end == LAB_OK && line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        end = take_line(policy, line);
    free(text);
    return end;
}

int policy_write(const char *path, const struct policy *policy)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int end;

    if (out == NULL)
        return LAB_MEMORY;
    fprintf(out, "# The policy of the lab's CA, read again for every request.\n");
    for (int i = 0; i < POLICY_KEYS; i++)
        fprintf(out, "\n# %s\n%s = %s\n", rows[i].comment, rows[i].key, policy->value[i]);
    end = fclose(out) == 0 ? lab_dir_write(path, text, len) : LAB_MEMORY;
    free(text);
    return end;
}

int policy_set(const char *path, enum policy_key key, const char *value)
{
    struct policy policy;
    int end = policy_read(path, &policy);

    if (end != LAB_OK)
        return end;
    snprintf(policy.value[key], sizeof(policy.value[key]), "%s",
             value != NULL ? value : rows[key].fallback);
    return policy_write(path, &policy);
}

bool policy_is(const struct policy *policy, enum policy_key key, const char *value)
{
    return strcmp(policy->value[key], value) == 0;
}

int policy_number(const struct policy *policy, enum policy_key key)
{
    return atoi(policy->value[key]);
}

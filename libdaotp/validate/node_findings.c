/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/node_findings.h"

#include "core/hex.h"
#include "x509/name.h"
#include "x509/role.h"

#include <stdarg.h>
#include <stdio.h>

void daotp__node_name(const daotp__node *node, daotp__buffer *out)
{
    bool named = !daotp__name_is_empty(node->certificate.subject) &&
                 daotp__name_text(node->certificate.subject, out) && out->len > 0;

    if (!named)
        daotp__buffer_clear(out);
    daotp__buffer_text(out, named ? ", serial " : "serial ");
    daotp__hex_write(out, node->certificate.serial);
}

void daotp__checklist_report_node(daotp__checklist *check, const daotp__node *node,
                                  daotp_finding_number number, const char *found, ...)
{
    char text[DAOTP__MAX_TEXT];
    daotp_status status;
    daotp__buffer name;
    va_list args;

    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    text[0] = '\0';
    if (check->report != NULL) {
        va_start(args, found);
        (void)vsnprintf(text, sizeof text, found, args);
        va_end(args);
        daotp__node_name(node, &name);
    }
    status = daotp__report_add(check->report, number, 0, daotp__buffer_string(&name), "%s", text);
    daotp__buffer_free(&name);
    daotp__checklist_take(check, status);
}

void daotp__checklist_report_role(daotp__checklist *check, const daotp__node *node, daotp_role role,
                                  int64_t now_s)
{
    daotp__buffer name;

    if (role == DAOTP_ROLE_ANY)
        return;
    daotp__buffer_init(&name, DAOTP__MAX_CERTIFICATE);
    if (check->report != NULL)
        daotp__node_name(node, &name);
    daotp__checklist_take(check, daotp__role_check(role, &node->certificate, now_s,
                                                   daotp__buffer_string(&name), check->report));
    daotp__buffer_free(&name);
}

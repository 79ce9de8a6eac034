/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_explain.h"

enum { MISSING_INTERFACE = 2 << 16 | 1 }; /* provider rejection, abstract syntax */

typedef struct rpc_code {
    uint32_t code;
    const char *name;
    daotp_finding_number number;
} rpc_code;

static const rpc_code fault_rows[] = {
    {0x00000005, "access denied", DAOTP_FINDING_CA_RPC_ACCESS},
    {0x00000721, "security package error: the seal was not accepted", DAOTP_FINDING_CA_RPC_FAULT},
    {0x000006F7, "bad stub data", DAOTP_FINDING_CA_RPC_FAULT},
    {0x000006BA, "server unavailable", DAOTP_FINDING_CA_RPC_BUSY},
    {0x000006BB, "server too busy", DAOTP_FINDING_CA_RPC_BUSY},
    {0x000006BE, "call failed", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80010108, "the object has gone", DAOTP_FINDING_CA_RPC_BUSY},
    {0x00000776, "no such object", DAOTP_FINDING_CA_RPC_BUSY},
    {0x00000777, "no such object exporter", DAOTP_FINDING_CA_RPC_BUSY},
    {0x00000778, "no such object set", DAOTP_FINDING_CA_RPC_BUSY},
    {0x1C010014, "server too busy", DAOTP_FINDING_CA_RPC_BUSY},
    {0x1C010002, "operation unknown", DAOTP_FINDING_CA_RPC_FAULT},
    {0x1C010003, "interface unknown", DAOTP_FINDING_CA_RPC_FAULT},
    {0x1C00001C, "presentation context unknown", DAOTP_FINDING_CA_RPC_FAULT},
    {0x1C01000B, "protocol error", DAOTP_FINDING_CA_RPC_FAULT},
};

/* C706 12.6.3.1, p_reject_reason_t; 8 and 9: MS-RPCE 2.2.2.5. */
static const char *const nak_reasons[] = {"not specified",
                                          "temporary congestion",
                                          "local limit exceeded",
                                          "called address unknown",
                                          "protocol version not supported",
                                          "default context not supported",
                                          "user data not readable",
                                          "no presentation address available",
                                          "security package unknown",
                                          "ticket or checksum invalid"};

/* what: "fault" or "activation:". A code without a row is reported without a name. */
static daotp_status explain_rpc_code(const rpc_code *rows, size_t count, const char *what,
                                     uint32_t code, const char *subject, daotp_report *report)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].code == code)
            return daotp__report_add(report, rows[i].number, code, subject, "%s 0x%08X, %s", what,
                                     (unsigned)code, rows[i].name);
    return daotp__report_add(report, DAOTP_FINDING_CA_RPC_FAULT, code, subject, "%s 0x%08X", what,
                             (unsigned)code);
}

daotp_status daotp__rpc_explain_refusal(const daotp__rpc_connection *connection,
                                        const char *subject, daotp_report *report)
{
    const size_t reasons = sizeof nak_reasons / sizeof nak_reasons[0];
    uint32_t number;

    switch (daotp__rpc_connection_refusal(connection, &number)) {
    case DAOTP__RPC_FAULTED:
        return explain_rpc_code(fault_rows, sizeof fault_rows / sizeof fault_rows[0], "fault",
                                number, subject, report);
    case DAOTP__RPC_BIND_REFUSED:
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_FAULT, number, subject,
                                 "bind refused: %s",
                                 number < reasons ? nak_reasons[number] : "unknown reason");
    case DAOTP__RPC_INTERFACE_REFUSED:
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_FAULT, number, subject,
                                 "interface refused: result %u, reason %u",
                                 (unsigned)(number >> 16), (unsigned)(number & 0xFFFF));
    case DAOTP__RPC_NOT_REFUSED:
        break;
    }
    return DAOTP_INTERNAL;
}

/* The HRESULTs of the service control manager and of COM for a server that does not start or has
 * stopped. */
static const rpc_code activation_rows[] = {
    {0x80040154, "class not registered", DAOTP_FINDING_CA_DCOM_CLASS},
    {0x80070005, "access denied", DAOTP_FINDING_CA_RPC_ACCESS},
    {0x800706BA, "server unavailable", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80080005, "the server does not start", DAOTP_FINDING_CA_RPC_BUSY},
    {0x8007041D, "the service does not respond", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80070420, "the service is starting already", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80070422, "the service is disabled", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80070424, "there is no such service", DAOTP_FINDING_CA_DCOM_CLASS},
    {0x80010108, "the object has gone", DAOTP_FINDING_CA_RPC_BUSY},
    {0x80004002, "no such interface", DAOTP_FINDING_CA_RPC_FAULT},
    {0x8001011D, "remote calls are not allowed", DAOTP_FINDING_CA_RPC_ACCESS},
};

daotp_status daotp__rpc_explain_activation(uint32_t hresult, const char *subject,
                                           daotp_report *report)
{
    return explain_rpc_code(activation_rows, sizeof activation_rows / sizeof activation_rows[0],
                            "activation:", hresult, subject, report);
}

bool daotp__rpc_is_missing_interface(const daotp__rpc_connection *connection)
{
    uint32_t number;

    switch (daotp__rpc_connection_refusal(connection, &number)) {
    case DAOTP__RPC_INTERFACE_REFUSED:
        return number == MISSING_INTERFACE;
    case DAOTP__RPC_FAULTED:
        return number == 0x1C010003 && daotp__rpc_connection_did_not_execute(connection);
    case DAOTP__RPC_BIND_REFUSED:
    case DAOTP__RPC_NOT_REFUSED:
        break;
    }
    return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "ca/rpc_security.h"

#include "ca/rpc_pdu.h"
#include "ca/spnego.h"
#include "core/alloc.h"

#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <string.h>

struct daotp__rpc_security {
    uint8_t type;
    gss_cred_id_t credential;
    gss_ctx_id_t context;
    gss_name_t target;
    bool is_complete;
    char *subject;
    daotp__buffer mechanisms; /* with SPNEGO: the MechTypeList that we offered */
};

static gss_OID_desc krb5_mechanism = {9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_desc spnego_mechanism = {6, "\x2b\x06\x01\x05\x05\x02"};
/* NTLMSSP, 1.3.6.1.4.1.311.2.2.10, in a SPNEGO answer that chooses it */
static const uint8_t ntlm_mechanism[] = {0x2b, 0x06, 0x01, 0x04, 0x01,
                                         0x82, 0x37, 0x02, 0x02, 0x0a};

enum {
    WANTED = GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
             GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG,
    NEEDED = GSS_C_DCE_STYLE | GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG,
    MAX_MESSAGES = 4
};

/* ---- what went wrong ------------------------------------------------------------------------- */

static void add_gss_messages(daotp__buffer *out, OM_uint32 code, int kind)
{
    OM_uint32 minor, more = 0;
    gss_buffer_desc text;

    for (int i = 0; i < MAX_MESSAGES; i++) {
        if (gss_display_status(&minor, code, kind, GSS_C_NO_OID, &more, &text) != GSS_S_COMPLETE)
            return;
        if (out->len > 0)
            daotp__buffer_text(out, "; ");
        daotp__buffer_add(out, text.value, text.length);
        (void)gss_release_buffer(&minor, &text);
        if (more == 0)
            return;
    }
}

static daotp_status explain_gss(const daotp__rpc_security *security, daotp_finding_number number,
                                OM_uint32 major, OM_uint32 minor, daotp_report *report)
{
    daotp__buffer text;
    daotp_status status;

    if (minor == ENOMEM)
        return DAOTP_MEMORY;
    daotp__buffer_init(&text, DAOTP__MAX_TEXT);
    add_gss_messages(&text, minor, GSS_C_MECH_CODE);
    if (text.len == 0)
        add_gss_messages(&text, major, GSS_C_GSS_CODE);
    status = daotp__report_add(report, number, (int64_t)minor, security->subject, "%s",
                               daotp__buffer_string(&text));
    daotp__buffer_free(&text);
    return status;
}

/* ---- setting up ------------------------------------------------------------------------------ */

static gss_OID mechanism_of(uint8_t type)
{
    return type == DAOTP__RPC_AUTH_SPNEGO ? &spnego_mechanism : &krb5_mechanism;
}

/* Use only the tickets of this cache, and with SPNEGO only Kerberos. */
static OM_uint32 acquire_credential(daotp__rpc_security *security, const char *cache,
                                    OM_uint32 *minor)
{
    gss_key_value_element_desc element = {"ccache", cache};
    gss_key_value_set_desc store = {1, &element};
    gss_OID_set_desc wanted = {1, mechanism_of(security->type)}, inner = {1, &krb5_mechanism};
    OM_uint32 major =
        gss_acquire_cred_from(minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted, GSS_C_INITIATE,
                              &store, &security->credential, NULL, NULL);

    if (major == GSS_S_COMPLETE && security->type == DAOTP__RPC_AUTH_SPNEGO)
        major = gss_set_neg_mechs(minor, security->credential, &inner);
    return major;
}

/* Import the complete principal name, so that libkrb5 does not complete it from DNS. */
static OM_uint32 import_target(daotp__rpc_security *security, const char *principal,
                               OM_uint32 *minor)
{
    gss_buffer_desc name = {strlen(principal), (void *)principal};

    return gss_import_name(minor, &name, GSS_KRB5_NT_PRINCIPAL_NAME, &security->target);
}

daotp_status daotp__rpc_security_new(const daotp__rpc_security_spec *spec, daotp_report *report,
                                     daotp__rpc_security **out)
{
    daotp__rpc_security *security = daotp__new(sizeof *security);
    OM_uint32 major, minor = 0;
    daotp_status status = DAOTP_OK;

    *out = NULL;
    if (security == NULL)
        return DAOTP_MEMORY;
    security->type = spec->type;
    daotp__buffer_init(&security->mechanisms, DAOTP__MAX_TEXT);
    security->subject = daotp__text_copy(spec->subject);
    if (security->subject == NULL)
        status = DAOTP_MEMORY;
    major = import_target(security, spec->principal, &minor);
    if (major == GSS_S_COMPLETE)
        major = acquire_credential(security, spec->cache, &minor);
    if (status == DAOTP_OK && major != GSS_S_COMPLETE)
        status = explain_gss(security, DAOTP_FINDING_CA_KERBEROS, major, minor, report);
    if (status != DAOTP_OK) {
        daotp__rpc_security_free(security);
        return status;
    }
    *out = security;
    return DAOTP_OK;
}

void daotp__rpc_security_free(daotp__rpc_security *security)
{
    OM_uint32 minor;

    if (security == NULL)
        return;
    if (security->context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, &security->context, GSS_C_NO_BUFFER);
    (void)gss_release_name(&minor, &security->target);
    (void)gss_release_cred(&minor, &security->credential);
    daotp__buffer_free(&security->mechanisms);
    daotp__delete(security->subject);
    daotp__delete(security);
}

/* ---- the handshake --------------------------------------------------------------------------- */

static bool has_octets(daotp__bytes in, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i + len <= in.len; i++)
        if (memcmp(in.data + i, octets, len) == 0)
            return true;
    return false;
}

/* RC4 protection of RPC can be forged, so only AES session keys of Kerberos are accepted. */
static bool is_aes_context(gss_ctx_id_t context)
{
    gss_buffer_set_t data = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor;
    bool is_aes = false;

    if (gss_inquire_sec_context_by_oid(&minor, context, GSS_C_INQ_SSPI_SESSION_KEY, &data) !=
        GSS_S_COMPLETE)
        return false;
    if (data != GSS_C_NO_BUFFER_SET && data->count >= 2 && data->elements[1].length > 0) {
        const uint8_t *oid = data->elements[1].value;
        uint8_t type = oid[data->elements[1].length - 1];

        is_aes = type >= 17 && type <= 20; /* RFC 3962, RFC 8009 */
    }
    (void)gss_release_buffer_set(&minor, &data);
    return is_aes;
}

static daotp_status check_context(const daotp__rpc_security *security, OM_uint32 flags,
                                  daotp_report *report)
{
    if ((flags & NEEDED) != NEEDED)
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_SEAL, 0, security->subject,
                                 "a security context with flags 0x%x", (unsigned)flags);
    if (!is_aes_context(security->context))
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_CIPHER, 0, security->subject,
                                 "a session key that is not AES");
    return DAOTP_OK;
}

static void keep_mechanisms(daotp__rpc_security *security, daotp__bytes token)
{
    daotp__bytes mechanisms;

    if (daotp__spnego_read_mechanisms(token, &mechanisms))
        daotp__buffer_add(&security->mechanisms, mechanisms.data, mechanisms.len);
}

static gss_buffer_desc gss_view(daotp__bytes bytes)
{
    return (gss_buffer_desc){bytes.len, (void *)bytes.data};
}

/* Verify the server's mechListMIC, and send ours (RFC 4178 5). */
static daotp_status exchange_mic(const daotp__rpc_security *security, daotp__bytes mic,
                                 daotp__buffer *out, daotp_report *report)
{
    gss_buffer_desc mechanisms = gss_view(daotp__buffer_bytes(&security->mechanisms));
    gss_buffer_desc theirs = gss_view(mic), ours = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor, released;

    major = gss_verify_mic(&minor, security->context, &mechanisms, &theirs, NULL);
    if (major != GSS_S_COMPLETE && minor == ENOMEM)
        return DAOTP_MEMORY;
    if (major != GSS_S_COMPLETE)
        return daotp__report_add(report, DAOTP_FINDING_CA_RPC_SEAL, 0, security->subject,
                                 "a mechListMIC that is not of the mechanisms that were offered");
    major = gss_get_mic(&minor, security->context, GSS_C_QOP_DEFAULT, &mechanisms, &ours);
    if (major != GSS_S_COMPLETE)
        return explain_gss(security, DAOTP_FINDING_CA_KERBEROS, major, minor, report);
    daotp__spnego_write_mic((daotp__bytes){ours.value, ours.length}, out);
    (void)gss_release_buffer(&released, &ours);
    return out->failed;
}

/* MIT krb5 1.21 and 1.22 do not find a mechListMIC: they look for tag [4], but RFC 4178 4.2.2
 * defines [3]. They report the context as complete while the server still waits for our
 * mechListMIC. */
static daotp_status finish_spnego(const daotp__rpc_security *security, daotp__bytes token,
                                  daotp__buffer *out, daotp_report *report)
{
    daotp__spnego_response response;

    if (security->type != DAOTP__RPC_AUTH_SPNEGO || out->len > 0 ||
        !daotp__spnego_read_response(token, &response) ||
        response.state != DAOTP__SPNEGO_ACCEPT_INCOMPLETE || response.mic.len == 0)
        return DAOTP_OK;
    return exchange_mic(security, response.mic, out, report);
}

daotp_status daotp__rpc_security_advance(daotp__rpc_security *security, daotp__bytes token,
                                         daotp__buffer *out, daotp_report *report)
{
    gss_buffer_desc in = gss_view(token), made = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, released, flags = 0;
    OM_uint32 major =
        gss_init_sec_context(&minor, security->credential, &security->context, security->target,
                             mechanism_of(security->type), WANTED, 0, GSS_C_NO_CHANNEL_BINDINGS,
                             token.len > 0 ? &in : GSS_C_NO_BUFFER, NULL, &made, &flags, NULL);
    daotp_status status;

    daotp__buffer_add(out, made.value, made.length);
    (void)gss_release_buffer(&released, &made);
    security->is_complete = major == GSS_S_COMPLETE;
    if (GSS_ERROR(major) && has_octets(token, ntlm_mechanism, sizeof ntlm_mechanism))
        return daotp__report_add(report, DAOTP_FINDING_CA_NTLM, (int64_t)minor, security->subject,
                                 "the server chooses NTLM");
    if (GSS_ERROR(major))
        return explain_gss(security, DAOTP_FINDING_CA_KERBEROS, major, minor, report);
    if (token.len == 0)
        keep_mechanisms(security, daotp__buffer_bytes(out));
    if (security->mechanisms.failed != DAOTP_OK)
        return security->mechanisms.failed;
    if (out->failed != DAOTP_OK || !security->is_complete)
        return out->failed;
    status = check_context(security, flags, report);
    return status != DAOTP_OK ? status : finish_spnego(security, token, out, report);
}

bool daotp__rpc_security_is_complete(const daotp__rpc_security *security)
{
    return security->is_complete;
}

/* ---- sealing --------------------------------------------------------------------------------- */

size_t daotp__rpc_security_token_len(const daotp__rpc_security *security, size_t stub_len)
{
    gss_iov_buffer_desc iov[2] = {{.type = GSS_IOV_BUFFER_TYPE_HEADER},
                                  {.type = GSS_IOV_BUFFER_TYPE_DATA, .buffer.length = stub_len}};
    OM_uint32 minor;

    if (gss_wrap_iov_length(&minor, security->context, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2) !=
        GSS_S_COMPLETE)
        return 0;
    return iov[0].buffer.length;
}

enum { PARTS = 4 };

static void lay_out_parts(const daotp__rpc_parts *parts, gss_iov_buffer_desc *iov)
{
    iov[0] = (gss_iov_buffer_desc){.type = GSS_IOV_BUFFER_TYPE_HEADER,
                                   .buffer = {parts->token_len, parts->token}};
    iov[1] = (gss_iov_buffer_desc){.type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
                                   .buffer = {parts->header_len, parts->header}};
    iov[2] = (gss_iov_buffer_desc){.type = GSS_IOV_BUFFER_TYPE_DATA,
                                   .buffer = {parts->stub_len, parts->stub}};
    iov[3] = (gss_iov_buffer_desc){.type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY,
                                   .buffer = {parts->trailer_len, parts->trailer}};
}

bool daotp__rpc_security_seal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    gss_iov_buffer_desc iov[PARTS];
    OM_uint32 minor;
    int sealed = 0;

    lay_out_parts(parts, iov);
    return gss_wrap_iov(&minor, security->context, 1, GSS_C_QOP_DEFAULT, &sealed, iov, PARTS) ==
               GSS_S_COMPLETE &&
           sealed != 0 && iov[0].buffer.length == parts->token_len;
}

bool daotp__rpc_security_unseal(daotp__rpc_security *security, const daotp__rpc_parts *parts)
{
    gss_iov_buffer_desc iov[PARTS];
    OM_uint32 minor;
    int sealed = 0;

    lay_out_parts(parts, iov);
    /* any supplementary information (a replayed or missing token, for example) is a refusal */
    return gss_unwrap_iov(&minor, security->context, &sealed, NULL, iov, PARTS) == GSS_S_COMPLETE &&
           sealed != 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An addon for Node, on Node-API and the installed headers alone. Node watches no epoll descriptor
 * of others, so enroll.mjs drives each enrolment by its time-out: step() says how many milliseconds
 * later to come again, and never more than POLL_MS, for that is all that tells when a peer answers.
 */
#include <daotp/daotp.h>

#include <node_api.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 10, TEXT = 256, ARGUMENTS = 4 };

static daotp_context *context;
static daotp_trust *trust;
static daotp_credential *machine;
static daotp_ca *ca;

typedef struct enrolment {
    daotp_client *client;
    char name[TEXT], password[TEXT];
} enrolment;

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    const enrolment *e = user;

    (void)host, (void)origin;
    if (attempt > 1)
        return DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, e->name, e->password, strlen(e->password));
}

static void free_enrolment(napi_env env, void *data, void *hint)
{
    enrolment *e = data;

    (void)env, (void)hint;
    daotp_client_free(e->client);
    free(e);
}

static napi_value throw_status(napi_env env, daotp_status status, daotp_client *client)
{
    /* "" where there is no client */
    const char *text = daotp_report_get_text(daotp_client_get_report(client));

    napi_throw_error(env, daotp_status_name(status), text);
    return NULL;
}

static daotp_status open_deployment(void)
{
    daotp_status rc = context != NULL ? DAOTP_OK : daotp_context_new(&context);

    if (ca != NULL)
        return DAOTP_OK;
    rc = rc ? rc : daotp_trust_new(context, &trust);
    rc = rc ? rc : daotp_trust_add_file(trust, getenv("LAB_TRUST"), NULL);
    rc = rc ? rc
            : daotp_credential_load(context, getenv("LAB_MACHINE_CERT"), getenv("LAB_MACHINE_KEY"),
                                    NULL, &machine);
    rc = rc ? rc : daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca);
    return rc ? rc : daotp_ca_set_url(ca, getenv("LAB_CES"));
}

static daotp_status set_up(enrolment *e, const char *upn)
{
    daotp_status rc = daotp_client_new(context, &e->client);

    rc = rc ? rc : daotp_client_add_server(e->client, getenv("LAB_URL"));
    rc = rc ? rc : daotp_client_set_trust(e->client, trust);
    rc = rc ? rc : daotp_client_set_identity(e->client, machine);
    rc = rc ? rc : daotp_client_set_ca(e->client, ca);
    rc = rc ? rc : daotp_client_set_key_kind(e->client, DAOTP_KEY_P256);
    rc = rc ? rc : daotp_client_set_template(e->client, getenv("LAB_TEMPLATE"), -1, -1);
    rc = rc ? rc : daotp_client_set_upn(e->client, upn);
    return rc ? rc : daotp_client_set_domain_callback(e->client, on_domain, e);
}

/* The arguments as texts; the first may be an enrolment. */
static size_t read_arguments(napi_env env, napi_callback_info info, napi_value *first,
                             char texts[ARGUMENTS][TEXT])
{
    napi_value values[ARGUMENTS];
    size_t count = ARGUMENTS, len;

    if (napi_get_cb_info(env, info, &count, values, NULL, NULL) != napi_ok)
        return 0;
    *first = count > 0 ? values[0] : NULL;
    for (size_t i = 0; i < count && i < ARGUMENTS; i++)
        if (napi_get_value_string_utf8(env, values[i], texts[i], TEXT, &len) != napi_ok)
            texts[i][0] = '\0';
    return count;
}

/* prepare(name, upn, password): an enrolment, begun. */
static napi_value on_prepare(napi_env env, napi_callback_info info)
{
    char texts[ARGUMENTS][TEXT];
    napi_value first, result = NULL;
    enrolment *e = calloc(1, sizeof *e);
    daotp_status rc;

    if (e == NULL || read_arguments(env, info, &first, texts) != 3)
        return free(e), throw_status(env, DAOTP_USAGE, NULL);
    memcpy(e->name, texts[0], TEXT);
    memcpy(e->password, texts[2], TEXT);
    rc = open_deployment();
    rc = rc ? rc : set_up(e, texts[1]);
    rc = rc ? rc : daotp_client_prepare_begin(e->client, e->name);
    if (rc != DAOTP_OK) {
        throw_status(env, rc, e->client);
        free_enrolment(env, e, NULL);
        return NULL;
    }
    napi_create_external(env, e, free_enrolment, NULL, &result);
    return result;
}

static enrolment *enrolment_of(napi_env env, napi_value value)
{
    void *data = NULL;

    return value != NULL && napi_get_value_external(env, value, &data) == napi_ok ? data : NULL;
}

static daotp_client *client_of(const enrolment *e)
{
    return e != NULL ? e->client : NULL;
}

/* enroll(enrolment, code): the second part is begun. */
static napi_value on_enroll(napi_env env, napi_callback_info info)
{
    char texts[ARGUMENTS][TEXT];
    napi_value first;
    size_t count = read_arguments(env, info, &first, texts);
    enrolment *e = count == 2 ? enrolment_of(env, first) : NULL;
    daotp_status rc = DAOTP_USAGE;

    if (e != NULL)
        rc = daotp_client_enroll_begin(e->client, texts[1], strlen(texts[1]));
    return rc == DAOTP_OK ? NULL : throw_status(env, rc, client_of(e));
}

/* step(enrolment): milliseconds until the next step; -1 when the part is over; throws if it failed.
 */
static napi_value on_step(napi_env env, napi_callback_info info)
{
    char texts[ARGUMENTS][TEXT];
    napi_value first, result;
    size_t count = read_arguments(env, info, &first, texts);
    enrolment *e = count == 1 ? enrolment_of(env, first) : NULL;
    daotp_status rc = e != NULL ? daotp_client_step(e->client) : DAOTP_USAGE;
    int wait = -1;

    if (rc != DAOTP_OK && rc != DAOTP_AGAIN)
        return throw_status(env, rc, client_of(e));
    if (rc == DAOTP_AGAIN) {
        wait = daotp_client_get_timeout_ms(e->client);
        wait = wait < 0 || wait > POLL_MS ? POLL_MS : wait;
    }
    napi_create_int32(env, wait, &result);
    return result;
}

/* finish(enrolment): the UPN of the certificate. */
static napi_value on_finish(napi_env env, napi_callback_info info)
{
    char texts[ARGUMENTS][TEXT];
    napi_value first, result = NULL;
    size_t count = read_arguments(env, info, &first, texts);
    enrolment *e = count == 1 ? enrolment_of(env, first) : NULL;
    daotp_credential *won = NULL;
    daotp_status rc = e != NULL ? daotp_client_finish(e->client, &won) : DAOTP_USAGE;

    if (rc != DAOTP_OK)
        return throw_status(env, rc, client_of(e));
    napi_create_string_utf8(env, daotp_credential_get_upn(won), NAPI_AUTO_LENGTH, &result);
    daotp_credential_unref(won);
    return result;
}

NAPI_MODULE_INIT()
{
    const napi_property_descriptor functions[] = {{.utf8name = "prepare", .method = on_prepare},
                                                  {.utf8name = "enroll", .method = on_enroll},
                                                  {.utf8name = "step", .method = on_step},
                                                  {.utf8name = "finish", .method = on_finish}};

    napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
    return exports;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "ours.h"

#include <stdlib.h>
#include <string.h>

static void must(daotp_status status, daotp_report *report, const char *what)
{
    if (status != DAOTP_OK)
        give_up("%s: %s\n%s", what, daotp_status_name(status),
                report != NULL ? daotp_report_get_text(report) : "");
}

void ours_open(const struct world *world, struct ours *ours)
{
    struct lab_dir_path root = lab_dir_path(&world->lab, "pki/root.pem");
    struct lab_dir_path cert = lab_dir_path(&world->lab, "pki/machine.pem");
    struct lab_dir_path machine_key = lab_dir_path(&world->lab, "pki/machine.key");
    struct lab_dir_path key = lab_dir_path(&world->lab, "pki/user.key");

    *ours = (struct ours){.store_path = strdup(lab_dir_path(&world->lab, "store").s)};
    must(daotp_context_new(&ours->context), NULL, "context");
    must(daotp_trust_new(ours->context, &ours->trust), NULL, "trust");
    must(daotp_trust_add_file(ours->trust, root.s, NULL), NULL, "trust");
    must(daotp_credential_load(ours->context, cert.s, machine_key.s, NULL, &ours->identity), NULL,
         "identity");
    must(daotp_key_load(ours->context, key.s, NULL, 0, NULL, &ours->key), NULL, "key");
    must(daotp_ca_new_wstep(ours->context, DAOTP_CA_USERNAME, &ours->ca), NULL, "CA");
    must(daotp_ca_set_url(ours->ca, world->ces_url), NULL, "CA");
    must(daotp_store_new_directory(ours->context, ours->store_path, &ours->store), NULL, "store");
}

void ours_close(struct ours *ours)
{
    daotp_store_unref(ours->store);
    daotp_ca_unref(ours->ca);
    daotp_key_unref(ours->key);
    daotp_credential_unref(ours->identity);
    daotp_trust_unref(ours->trust);
    daotp_context_unref(ours->context);
    free(ours->store_path);
    *ours = (struct ours){0};
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    (void)user, (void)host, (void)origin, (void)attempt;
    return daotp_domain_credential_set(answer, WORLD_USER, WORLD_PASSWORD, strlen(WORLD_PASSWORD));
}

/* ---- a stage at a time ----------------------------------------------------------------------- */

struct watch {
    struct sample *stages;
    double began;
};

static void on_progress(void *user, daotp_stage stage, daotp_stage_state state)
{
    struct watch *watch = user;

    if (state == DAOTP_STAGE_RUNNING)
        watch->began = sample_wall_us();
    else if (watch->stages != NULL)
        sample_add(&watch->stages[stage], sample_wall_us() - watch->began);
}

/* ---- one run --------------------------------------------------------------------------------- */

daotp_client *ours_client(const struct world *world, struct ours *ours, const char *label)
{
    daotp_client *client;
    daotp_status status;

    must(daotp_client_new(ours->context, &client), NULL, "client");
    status = daotp_client_add_server(client, world->otp_url);
    if (status == DAOTP_OK)
        status = daotp_client_set_identity(client, ours->identity);
    if (status == DAOTP_OK)
        status = daotp_client_set_trust(client, ours->trust);
    if (status == DAOTP_OK)
        status = daotp_client_set_ca(client, ours->ca);
    if (status == DAOTP_OK)
        status = daotp_client_set_store(client, ours->store, label);
    if (status == DAOTP_OK)
        status =
            daotp_client_set_template(client, LAB_TEMPLATE, LAB_TEMPLATE_MAJOR, LAB_TEMPLATE_MINOR);
    if (status == DAOTP_OK)
        status = daotp_client_set_upn(client, WORLD_UPN);
    if (status == DAOTP_OK)
        status = daotp_client_set_dn(client, WORLD_DN);
    if (status == DAOTP_OK)
        status = daotp_client_set_sid(client, WORLD_SID);
    if (status == DAOTP_OK)
        status = daotp_client_set_key(client, ours->key);
    if (status == DAOTP_OK)
        status = daotp_client_set_domain_callback(client, on_domain, NULL);
    must(status, daotp_client_get_report(client), "set up");
    return client;
}

double ours_run(const struct world *world, struct ours *ours, struct sample *stages)
{
    struct watch watch = {.stages = stages};
    daotp_client *client = ours_client(world, ours, NULL);
    daotp_credential *credential;
    daotp_status status;
    double took;

    must(daotp_client_prepare(client, WORLD_USER), daotp_client_get_report(client), "prepare");
    if (stages != NULL)
        (void)daotp_client_set_progress_callback(client, on_progress, &watch);
    took = -sample_wall_us();
    status = daotp_client_enroll(client, WORLD_OTP, strlen(WORLD_OTP), &credential);
    took += sample_wall_us();
    must(status, daotp_client_get_report(client), "enroll");
    daotp_credential_unref(credential);
    daotp_client_free(client);
    return took;
}

void ours_forget(struct ours *ours)
{
    must(daotp_store_remove(ours->store, WORLD_UPN), daotp_store_get_report(ours->store), "remove");
}

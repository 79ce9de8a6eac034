/* SPDX-License-Identifier: BSD-2-Clause */
/* Profiles, and what uses them, with each of their allocations failing. */
#include "testing.h"
#include "torture.h"

#include "builders.h"
#include "scratch.h"

#include <daotp/daotp.h>
#include <daotp/profile.h>
#include <sys/stat.h>

static daotp_context *context;
static char system_path[96], user_path[96];

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static int set_up(void **state)
{
    static const char text[] =
        "[default]\nurl = https://a.example/otp\nurl = https://b.example/otp\n"
        "template = 1.3.6.1.4.1.311.21.8.1:100.4\nproxy = p.example:3128\ntimeout = 7\n"
        "upn = alice@corp.example\ndn = CN=Alice,DC=corp\nsid = S-1-5-21-1-2-3-4\n"
        "ca-host = .corp.example\nca = auto\nca-realm = CORP\nca-kdc = dc.corp.example\n"
        "ces-url = https://ces.corp.example/CES\nticket-cache = FILE:/x\nstore = /tmp/x\n"
        "logon = yes\nkdc = dc.corp.example\nallow = 10.0.0.0/8\nldap = dc.corp.example\n"
        "cache = ~/x\nfetch = yes\nstale = 5\nverify-rules = path\n"
        "issuing-ca = ca1.example\\CA\ndomain = CORP=corp.example\nra-cert = /a\nra-key = /b\n"
        "radius-server = r1.example\nradius-server = [::1]:1645\nradius-nas = me\n";
    char folder[64], secret[512];

    (void)state;
    assert_int_equal(scratch_begin(), 0);
    context = forge_context();
    scratch_folder(folder, sizeof folder);
    (void)snprintf(system_path, sizeof system_path, "%s/s.conf", folder);
    (void)snprintf(user_path, sizeof user_path, "%s/u.conf", folder);
    (void)snprintf(secret, sizeof secret, "%s/secret", folder);
    write_file(secret, "a long enough secret!\n");
    (void)snprintf(secret, sizeof secret, "[default]\nradius-secret = %s/secret\ntimeout = 8\n",
                   folder);
    write_file(user_path, text);
    write_file(system_path, secret);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    daotp_context_unref(context);
    return scratch_end();
}

static daotp_status read_all(daotp_profile **profile)
{
    daotp_status status = daotp_profile_new(context, NULL, profile);

    if (status == DAOTP_OK)
        status = daotp_profile_set_usual_file(*profile, DAOTP_PROFILE_SYSTEM, system_path);
    if (status == DAOTP_OK)
        status = daotp_profile_set_usual_file(*profile, DAOTP_PROFILE_USER, user_path);
    if (status == DAOTP_OK)
        status = daotp_profile_add_usual_files(*profile);
    if (status == DAOTP_OK)
        status = daotp_profile_set_value(*profile, "url", "https://c.example/otp");
    if (*profile != NULL && status != DAOTP_OK)
        assert_int_equal(daotp_report_get_status(daotp_profile_get_report(*profile)), status);
    return status;
}

static daotp_status use_client(void *user)
{
    daotp_profile *profile = NULL;
    daotp_client *client = NULL;
    daotp_status status = read_all(&profile);

    (void)user;
    if (status == DAOTP_OK)
        status = daotp_client_new(context, &client);
    if (status == DAOTP_OK)
        status = daotp_client_use_profile(client, profile);
    daotp_client_free(client);
    daotp_profile_free(profile);
    return status;
}

static daotp_status use_verifier(void *user)
{
    daotp_profile *profile = NULL;
    daotp_verifier *verifier = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = read_all(&profile);

    (void)user;
    if (status == DAOTP_OK)
        status = daotp_trust_new(context, &trust);
    if (status == DAOTP_OK)
        status = daotp_verifier_new(context, trust, &verifier);
    if (status == DAOTP_OK)
        status = daotp_verifier_use_profile(verifier, profile);
    daotp_verifier_free(verifier);
    daotp_trust_unref(trust);
    daotp_profile_free(profile);
    return status;
}

static daotp_status use_radius(void *user)
{
    daotp_profile *profile = NULL;
    daotp_radius *radius = NULL;
    daotp_status status = read_all(&profile);

    (void)user;
    if (status == DAOTP_OK)
        status = daotp_radius_new(context, &radius);
    if (status == DAOTP_OK)
        status = daotp_radius_use_profile(radius, profile);
    daotp_radius_free(radius);
    daotp_profile_free(profile);
    return status;
}

static daotp_status use_responder(void *user)
{
    daotp_profile *profile = NULL;
    daotp_responder *responder = NULL;
    daotp_status status = read_all(&profile);

    (void)user;
    if (status == DAOTP_OK)
        status = daotp_responder_new(context, &responder);
    if (status == DAOTP_OK)
        status = daotp_responder_use_profile(responder, profile);
    daotp_responder_free(responder);
    daotp_profile_free(profile);
    return status;
}

static void each_that_uses_a_profile(void **state)
{
    (void)state;
    assert_true(torture("client", use_client, NULL) > 60);
    assert_true(torture("verifier", use_verifier, NULL) > 40);
    assert_true(torture("radius", use_radius, NULL) > 40);
    assert_true(torture("responder", use_responder, NULL) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_that_uses_a_profile)};

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

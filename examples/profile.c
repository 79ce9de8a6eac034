/* SPDX-License-Identifier: BSD-2-Clause */
/* Enrol as this machine's profile says (daotp.conf(5)): no server, no file, no CA stands here. The
 * password is asked for by the program's own means, here taken from the first line of standard
 * input; the code from the second.
 *
 *   (echo alice-password; daotp lab totp DIR alice) |
 *     DAOTP_CONFIG=DIR/daotp.conf example-profile 'LAB\alice' alice@LAB.EXAMPLE
 */
#include <daotp/daotp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char password[128];

static daotp_status give_password(void *user, const char *host, daotp_host_origin origin,
                                  uint32_t attempt, daotp_domain_credential *answer)
{
    (void)host, (void)origin; /* the profile says which hosts may get it */
    if (attempt > 1)
        return DAOTP_CONFIGURATION;
    return daotp_domain_credential_set(answer, user, password, strlen(password));
}

/* What is wrong with a file of profiles is in the profile's report, line by line. */
static daotp_status set_up(daotp_context *context, daotp_client *client, char **argv)
{
    daotp_profile *profile = NULL;
    daotp_status rc = daotp_profile_new(context, NULL, &profile);

    rc = rc ? rc
            : daotp_profile_set_usual_file(profile, DAOTP_PROFILE_NAMED, getenv("DAOTP_CONFIG"));
    rc = rc ? rc : daotp_profile_add_usual_files(profile);
    if (rc != DAOTP_OK)
        fputs(daotp_report_get_text(daotp_profile_get_report(profile)), stderr);
    rc = rc ? rc : daotp_client_use_profile(client, profile);
    rc = rc ? rc : daotp_client_set_upn(client, argv[2]);
    rc = rc ? rc : daotp_client_set_domain_callback(client, give_password, argv[1]);
    daotp_profile_free(profile); /* the client holds what it needs */
    return rc;
}

static bool read_line(char *to, size_t room)
{
    if (fgets(to, (int)room, stdin) == NULL)
        return false;
    to[strcspn(to, "\r\n")] = '\0';
    return true;
}

int main(int argc, char **argv)
{
    daotp_credential *credential = NULL;
    daotp_context *context = NULL;
    daotp_client *client = NULL;
    char otp[64] = "";
    daotp_status rc = argc == 3 ? daotp_context_new(&context) : DAOTP_USAGE;

    setvbuf(stdin, NULL, _IONBF, 0); /* no copy of a secret in a buffer of stdio */
    rc = rc ? rc : daotp_client_new(context, &client);
    rc = rc ? rc : set_up(context, client, argv);
    rc = rc ? rc : daotp_client_prepare(client, argv[1]);
    if (rc == DAOTP_OK && !(read_line(password, sizeof password) && read_line(otp, sizeof otp)))
        rc = DAOTP_USAGE;
    rc = rc ? rc : daotp_client_enroll(client, otp, strlen(otp), &credential);
    explicit_bzero(otp, sizeof otp);
    explicit_bzero(password, sizeof password);
    if (rc == DAOTP_OK)
        printf("%s, serial %s\n", daotp_credential_get_upn(credential),
               daotp_credential_get_serial(credential));
    else if (client != NULL)
        fputs(daotp_report_get_text(daotp_client_get_report(client)), stderr);
    daotp_credential_unref(credential);
    daotp_client_free(client);
    daotp_context_unref(context);
    return rc == DAOTP_OK ? 0 : 1;
}

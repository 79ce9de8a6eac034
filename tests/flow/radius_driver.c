/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RADIUS client for radius_freeradius.sh, where the tool is not enough.
 *
 *   radius_driver rounds HOST PORT SECRET-FILE USER WORD...   a line for each round
 *   radius_driver many HOST PORT SECRET-FILE COUNT            so many exchanges in flight at once
 *
 * SECRET-FILE may be tls:DIR: by RadSec, with ca.pem, client.pem and client.key of that folder.
 */
#include <daotp/daotp.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const answers[] = {"pending", "accepted", "rejected", "challenged", "undecided"};

/* [V6] or what is without brackets. */
static const char *bare(char *host)
{
    size_t len = strlen(host);

    if (len < 2 || host[0] != '[' || host[len - 1] != ']')
        return host;
    host[len - 1] = '\0';
    return host + 1;
}

static daotp_status add_server(daotp_radius *radius, const char *host, uint16_t port,
                               const char *path)
{
    char secret[256];
    FILE *file = fopen(path, "rb");
    size_t len = file != NULL ? fread(secret, 1, sizeof secret, file) : 0;
    daotp_status status =
        daotp_radius_add_server(radius, host, port, secret, len, DAOTP_RADIUS_POLICY_REQUIRE);

    if (file != NULL)
        (void)fclose(file);
    explicit_bzero(secret, sizeof secret);
    return status;
}

static daotp_status add_radsec_server(daotp_context *context, daotp_radius *radius,
                                      const char *host, uint16_t port, const char *dir)
{
    char ca[512], cert[512], key[512];
    daotp_credential *identity = NULL;
    daotp_trust *trust = NULL;
    daotp_status status = daotp_trust_new(context, &trust);

    (void)snprintf(ca, sizeof ca, "%s/ca.pem", dir);
    (void)snprintf(cert, sizeof cert, "%s/client.pem", dir);
    (void)snprintf(key, sizeof key, "%s/client.key", dir);
    if (status == DAOTP_OK)
        status = daotp_trust_add_file(trust, ca, NULL);
    if (status == DAOTP_OK)
        status = daotp_credential_load(context, cert, key, NULL, &identity);
    if (status == DAOTP_OK)
        status = daotp_radius_add_radsec_server(radius, host, port, trust, identity);
    daotp_credential_unref(identity);
    daotp_trust_unref(trust);
    return status;
}

static daotp_radius *make_client(daotp_context *context, char **argv)
{
    const char *host = bare(argv[0]), *secret = argv[2];
    uint16_t port = (uint16_t)atoi(argv[1]);
    daotp_radius *radius;
    daotp_status status = daotp_radius_new(context, &radius);

    if (status == DAOTP_OK)
        status = strncmp(secret, "tls:", 4) == 0
                     ? add_radsec_server(context, radius, host, port, secret + 4)
                     : add_server(radius, host, port, secret);
    if (status != DAOTP_OK)
        exit(70);
    return radius;
}

/* ---- rounds ---------------------------------------------------------------------------------- */

static void show(daotp_radius_exchange *x)
{
    const uint8_t *text;
    size_t len;

    printf("%s round=%u echo=%d", answers[daotp_radius_exchange_get_answer(x)],
           daotp_radius_exchange_get_round(x), daotp_radius_exchange_may_echo(x));
    for (size_t i = 0; (text = daotp_radius_exchange_get_message(x, i, &len)) != NULL; i++)
        printf(" message=%.*s", (int)len, (const char *)text);
    printf("\n");
}

static int make_rounds(daotp_radius *radius, const char *user, char **words)
{
    daotp_radius_exchange *x;
    daotp_status status = daotp_radius_exchange_new(radius, user, &x);

    if (status == DAOTP_OK)
        status = daotp_radius_exchange_begin(x, words[0], strlen(words[0]));
    for (int i = 1; status == DAOTP_OK; i++) {
        status = daotp_radius_exchange_wait(x);
        show(x);
        if (status != DAOTP_CHALLENGE || words[i] == NULL)
            break;
        status = daotp_radius_exchange_respond(x, words[i], strlen(words[i]));
    }
    daotp_radius_exchange_free(x);
    return status == DAOTP_OK ? 0 : 1;
}

/* ---- many ------------------------------------------------------------------------------------ */

enum { USERS = 64, WRONG_EACH = 4 };

struct tally {
    unsigned accepted, rejected, undecided, wrong, transmissions;
};

static bool greets(daotp_radius_exchange *x, size_t user)
{
    char wanted[32];
    int len = snprintf(wanted, sizeof wanted, "hello u%zu", user);
    size_t found_len;
    const uint8_t *found = daotp_radius_exchange_get_message(x, 0, &found_len);

    return found != NULL && found_len == (size_t)len && memcmp(found, wanted, found_len) == 0;
}

static void take(struct tally *tally, daotp_radius_exchange *x, size_t number)
{
    daotp_radius_answer answer = daotp_radius_exchange_get_answer(x);
    bool is_wrong = number % WRONG_EACH == 0;

    tally->transmissions += daotp_radius_exchange_get_transmissions(x);
    tally->accepted += answer == DAOTP_RADIUS_ACCEPTED;
    tally->rejected += answer == DAOTP_RADIUS_REJECTED;
    tally->undecided += answer == DAOTP_RADIUS_UNDECIDED;
    if (answer == DAOTP_RADIUS_ACCEPTED && (is_wrong || !greets(x, number % USERS)))
        tally->wrong++;
    if (answer == DAOTP_RADIUS_REJECTED && !is_wrong)
        tally->wrong++;
}

static void begin(daotp_radius *radius, size_t number, daotp_radius_exchange **x)
{
    char user[32], word[32];
    int len = snprintf(word, sizeof word, number % WRONG_EACH == 0 ? "wrong-%zu" : "word-%zu",
                       number % USERS);

    (void)snprintf(user, sizeof user, "u%zu", number % USERS);
    if (daotp_radius_exchange_new(radius, user, x) != DAOTP_OK ||
        daotp_radius_exchange_begin(*x, word, (size_t)len) != DAOTP_OK)
        exit(70);
}

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int make_many(daotp_radius *radius, size_t count)
{
    daotp_radius_exchange **all = calloc(count, sizeof *all);
    struct tally tally = {0};
    int64_t began = now_ms();

    if (all == NULL)
        exit(70);
    for (size_t i = 0; i < count; i++)
        begin(radius, i, &all[i]);
    while (daotp_radius_step(radius) == DAOTP_AGAIN) {
        struct pollfd pfd = {.fd = daotp_radius_get_fd(radius), .events = POLLIN};

        (void)poll(&pfd, 1, daotp_radius_get_timeout_ms(radius));
    }
    for (size_t i = 0; i < count; i++) {
        take(&tally, all[i], i);
        daotp_radius_exchange_free(all[i]);
    }
    free(all);
    printf("accepted %u rejected %u undecided %u wrong %u transmissions %u ms %lld\n",
           tally.accepted, tally.rejected, tally.undecided, tally.wrong, tally.transmissions,
           (long long)(now_ms() - began));
    return tally.wrong == 0 && tally.undecided == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    bool is_rounds = argc >= 7 && strcmp(argv[1], "rounds") == 0;
    bool is_many = argc == 6 && strcmp(argv[1], "many") == 0;
    daotp_context *context;
    daotp_radius *radius;
    int status;

    if (!is_rounds && !is_many) {
        fprintf(stderr, "usage: radius_driver rounds HOST PORT SECRET-FILE USER WORD...\n"
                        "       radius_driver many HOST PORT SECRET-FILE COUNT\n");
        return 64;
    }
    if (daotp_context_new(&context) != DAOTP_OK)
        return 70;
    radius = make_client(context, argv + 2);
    status = is_rounds ? make_rounds(radius, argv[5], argv + 6)
                       : make_many(radius, (size_t)strtoul(argv[5], NULL, 10));
    daotp_radius_free(radius);
    daotp_context_unref(context);
    return status;
}

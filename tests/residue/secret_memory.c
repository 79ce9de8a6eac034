/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After an enrolment the code and the domain password are in no writable mapping of the process,
 * the client there or freed, and no block that held a piece of them was freed as it was: by us,
 * libcurl, OpenSSL or libxml2.
 *
 *   secret_memory WANTED-STATUS [no-preflight|rpc|dcom]
 *
 * The deployment comes by the lab's environment; MARK_OTP and MARK_PASSWORD are files with the
 * marked strings XORed with 0x5A, so that this program never holds them but while they are used.
 */
#include <daotp/daotp.h>

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MASK = 0x5A, MAX = 64, PIECE = 6 };

typedef struct mark {
    unsigned char masked[MAX];
    size_t len;
} mark;

static mark marks[2]; /* the code, the password */
static size_t freed;  /* blocks given back with a piece in them */

/* Pieces of a mark in some memory: every window of PIECE bytes counts. */
static size_t pieces_in(const unsigned char *at, size_t len, const mark *m)
{
    size_t found = 0;

    for (size_t i = 0; i + PIECE <= len; i++)
        for (size_t w = 0; w + PIECE <= m->len; w++) {
            size_t n = 0;

            while (n < PIECE && (at[i + n] ^ MASK) == m->masked[w + n])
                n++;
            found += n == PIECE;
        }
    return found;
}

extern void __libc_free(void *pointer); /* glibc's own, under another name */

static void look_at_block(void *pointer)
{
    for (int i = 0; i < 2; i++)
        if (pieces_in(pointer, malloc_usable_size(pointer), &marks[i]) > 0)
            freed++;
}

/* These two stand in the place of the C library's for the whole process. */
void free(void *pointer)
{
    if (pointer != NULL)
        look_at_block(pointer);
    __libc_free(pointer);
}

void *realloc(void *pointer, size_t size)
{
    size_t before = pointer != NULL ? malloc_usable_size(pointer) : 0;
    void *moved = malloc(size);

    if (moved != NULL && before > 0)
        memcpy(moved, pointer, before < size ? before : size);
    if (moved != NULL)
        free(pointer);
    return moved;
}

static void load_mark(const char *variable, mark *m)
{
    int fd = open(getenv(variable), O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, m->masked, sizeof m->masked) : -1;

    if (n < 2 * PIECE) {
        fprintf(stderr, "secret_memory: %s\n", variable);
        exit(2);
    }
    m->len = (size_t)n;
    close(fd);
}

static void unmask(const mark *m, volatile char *out)
{
    for (size_t i = 0; i < m->len; i++)
        out[i] = (char)(m->masked[i] ^ MASK);
}

static size_t scan(const mark *m)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    unsigned long begin, end;
    char line[512], mode[8];
    size_t found = 0;

    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &begin, &end, mode) != 3 || strncmp(mode, "rw", 2) != 0 ||
            strstr(line, "[vvar") != NULL)
            continue;
        size_t here = pieces_in((const unsigned char *)begin, end - begin, m);

        if (here > 0)
            printf("  %zu pieces in %s", here, line);
        found += here;
    }
    if (maps != NULL)
        fclose(maps);
    return found;
}

static daotp_status on_domain(void *user, const char *host, daotp_host_origin origin,
                              uint32_t attempt, daotp_domain_credential *answer)
{
    char password[MAX];
    daotp_status status;

    (void)user, (void)host, (void)origin, (void)attempt;
    unmask(&marks[1], password);
    status = daotp_domain_credential_set(answer, "LAB\\alice", password, marks[1].len);
    explicit_bzero(password, sizeof password);
    return status;
}

static void must(daotp_status status, const char *what)
{
    if (status == DAOTP_OK)
        return;
    fprintf(stderr, "secret_memory: %s: %s\n", what, daotp_status_name(status));
    exit(2);
}

/* By the web service, or by RPC, where the password goes to a KDC. */
static daotp_ca *make_ca(daotp_context *context, const char *how)
{
    bool is_dcom = strcmp(how, "dcom") == 0;
    daotp_ca *ca;

    if (!is_dcom && strcmp(how, "rpc") != 0) {
        must(daotp_ca_new_wstep(context, DAOTP_CA_USERNAME, &ca), "CA");
        must(daotp_ca_set_url(ca, getenv("LAB_CES")), "CES URL");
        return ca;
    }
    must(daotp_ca_new_rpc(context, is_dcom ? DAOTP_CA_WAY_DCOM : DAOTP_CA_WAY_ICPR, &ca), "CA");
    must(daotp_ca_allow_host(ca, "localhost"), "host");
    must(daotp_ca_set_ticket_cache(ca, "MEMORY:none"), "cache");
    must(daotp_ca_set_realm(ca, getenv("LAB_REALM"), getenv("LAB_KDC")), "realm");
    must(daotp_ca_set_mapper_port(ca, (uint16_t)atoi(getenv("LAB_CA_MAPPER_PORT"))), "port");
    return ca;
}

static daotp_client *make_client(daotp_context *context, const char *how)
{
    daotp_client *client;
    daotp_trust *trust;
    daotp_credential *machine;
    daotp_key *key;
    daotp_ca *ca;

    must(daotp_client_new(context, &client), "client");
    must(daotp_trust_new(context, &trust), "trust");
    must(daotp_trust_add_file(trust, getenv("LAB_TRUST"), NULL), "anchors");
    must(daotp_credential_load(context, getenv("LAB_MACHINE_CERT"), getenv("LAB_MACHINE_KEY"), NULL,
                               &machine),
         "machine certificate");
    must(daotp_key_generate(context, DAOTP_KEY_P256, NULL, &key), "key");
    ca = make_ca(context, how);
    must(daotp_client_add_server(client, getenv("SERVE_URL")), "server");
    must(daotp_client_set_trust(client, trust), "trust");
    must(daotp_client_set_identity(client, machine), "identity");
    must(daotp_client_set_ca(client, ca), "CA");
    must(daotp_client_set_key(client, key), "key");
    must(daotp_client_set_template(client, getenv("LAB_TEMPLATE"), -1, -1), "template");
    must(daotp_client_set_upn(client, "alice@LAB.EXAMPLE"), "account");
    must(daotp_client_set_domain_callback(client, on_domain, NULL), "callback");
    must(daotp_client_set_preflight(client, strcmp(how, "no-preflight") != 0), "preflight");
    daotp_trust_unref(trust);
    daotp_credential_unref(machine);
    daotp_key_unref(key);
    daotp_ca_unref(ca);
    return client;
}

static daotp_status enrol(daotp_client *client)
{
    char otp[MAX];
    daotp_status status = daotp_client_prepare(client, "LAB\\alice");

    if (status == DAOTP_OK) {
        unmask(&marks[0], otp);
        status = daotp_client_enroll(client, otp, marks[0].len, NULL);
        explicit_bzero(otp, sizeof otp);
    }
    return status;
}

/* That a piece in memory, and one in a block, would be found at all. */
static bool scan_works(void)
{
    volatile char *bait = malloc(MAX);
    bool works;

    unmask(&marks[0], bait);
    look_at_block((char *)bait);
    works = scan(&marks[0]) > 0 && freed == 1;
    explicit_bzero((char *)bait, MAX);
    free((char *)bait);
    works = works && freed == 1;
    freed = 0;
    return works;
}

int main(int argc, char **argv)
{
    daotp_context *context;
    daotp_client *client;
    daotp_status status;
    size_t codes, passwords;
    bool wanted;

    if (argc < 2)
        return 2;
    load_mark("MARK_OTP", &marks[0]);
    load_mark("MARK_PASSWORD", &marks[1]);
    if (!scan_works()) {
        fprintf(stderr, "secret_memory: the scan finds nothing\n");
        return 2;
    }
    must(daotp_context_new(&context), "context");
    client = make_client(context, argc < 3 ? "" : argv[2]);
    status = enrol(client);
    wanted = strcmp(daotp_status_name(status), argv[1]) == 0;
    if (!wanted)
        fputs(daotp_report_get_text(daotp_client_get_report(client)), stderr);
    codes = scan(&marks[0]); /* the client may live on */
    passwords = scan(&marks[1]);
    daotp_client_free(client);
    daotp_context_unref(context);
    codes += scan(&marks[0]);
    passwords += scan(&marks[1]);
    printf("%s: %zu pieces of the code, %zu of the password, %zu blocks freed with a piece\n",
           daotp_status_name(status), codes, passwords, freed);
    return wanted && codes == 0 && passwords == 0 && freed == 0 ? 0 : 1;
}

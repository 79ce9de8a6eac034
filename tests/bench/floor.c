/* SPDX-License-Identifier: BSD-2-Clause */
#include "floor.h"

#include "log.h"
#include "pki.h"
#include "server.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
    if (!ok)
        give_up("floor: cannot %s", what);
}

/* Ready too: reading an anchor can be done beforehand, so it does not belong to a floor. */
static X509_STORE *make_anchors(const struct world *world)
{
    X509_STORE *store = X509_STORE_new();
    X509 *root = NULL;

    must(store != NULL && pki_load_cert(&world->lab, "root", &root) == LAB_OK &&
             X509_STORE_add_cert(store, root) == 1,
         "make anchors");
    X509_free(root);
    return store;
}

void floor_open(const struct world *world, struct floor *floor)
{
    struct lab_dir_path dir = lab_dir_path(&world->lab, "floor");

    *floor = (struct floor){.dir = -1};
    floor->otp_body = world_read(world, SERVER_OTP_BODY, &floor->otp_len);
    floor->ces_body = world_read(world, SERVER_CES_BODY, &floor->ces_len);
    floor->key_pem = world_read(world, "store/" WORLD_UPN "/key.pem", &floor->key_len);
    floor->cert_pem = world_read(world, "store/" WORLD_UPN "/cert.pem", &floor->cert_len);
    floor->anchors = make_anchors(world);
    must(mkdir(dir.s, 0700) == 0, "make a folder");
    floor->dir = open(dir.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(floor->dir >= 0, "open a folder");
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "initialise libcurl");
}

void floor_close(struct floor *floor)
{
    free(floor->otp_body);
    free(floor->ces_body);
    free(floor->key_pem);
    free(floor->cert_pem);
    X509_STORE_free(floor->anchors);
    if (floor->dir >= 0)
        close(floor->dir);
    *floor = (struct floor){.dir = -1};
}

/* ---- libcurl --------------------------------------------------------------------------------- */

struct answer {
    char bytes[64 * 1024];
    size_t len;
};

static size_t on_write(char *from, size_t size, size_t count, void *user)
{
    struct answer *answer = user;
    size_t len = size * count;

    if (len > sizeof answer->bytes - answer->len)
        return 0;
    for (size_t i = 0; i < len; i++)
        answer->bytes[answer->len++] = from[i];
    return len;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ctx, void *user)
{
    (void)easy;
    SSL_CTX_set1_cert_store(ctx, user);
    return CURLE_OK;
}

/* As the library opens its connections: HTTP/1.1, TLS 1.2 or later, no session resumed. */
static CURL *open_easy(const struct floor *floor, const char *url, struct curl_slist *headers,
                       struct answer *answer)
{
    CURL *easy = curl_easy_init();

    must(easy != NULL, "make a handle");
    must(
        curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, floor->anchors) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_write) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer) == CURLE_OK,
        "set options");
    return easy;
}

static void set_post(CURL *easy, const void *body, size_t len)
{
    must(curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)len) == CURLE_OK,
         "set a body");
}

static struct curl_slist *make_headers(const char *const *lines)
{
    struct curl_slist *list = NULL;

    for (; *lines != NULL; lines++) {
        list = curl_slist_append(list, *lines);
        must(list != NULL, "make headers");
    }
    return list;
}

/* Right when it is 200 and as long as the first one. */
static void check(CURL *easy, CURLcode code, const struct answer *answer, size_t *len)
{
    long status = 0;

    if (code != CURLE_OK)
        give_up("floor: %s", curl_easy_strerror(code));
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (*len == 0)
        *len = answer->len;
    must(status == 200 && answer->len > 1000 && answer->len == *len, "get the same answer again");
}

/* The connection that carries the code: open, and warm by a HEAD, before the clock starts. */
static CURL *open_warm(const struct world *world, const struct floor *floor,
                       struct curl_slist *headers, struct answer *answer)
{
    CURL *easy = open_easy(floor, world->otp_url, headers, answer);
    struct lab_dir_path cert = lab_dir_path(&world->lab, "pki/machine.pem");
    struct lab_dir_path key = lab_dir_path(&world->lab, "pki/machine.key");

    must(curl_easy_setopt(easy, CURLOPT_SSLCERT, cert.s) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_SSLKEY, key.s) == CURLE_OK &&
             curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK &&
             curl_easy_perform(easy) == CURLE_OK,
         "warm the connection");
    must(curl_easy_setopt(easy, CURLOPT_NOBODY, 0L) == CURLE_OK, "set options");
    set_post(easy, floor->otp_body, floor->otp_len);
    answer->len = 0;
    return easy;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void create(int folder, const char *name, const void *bytes, size_t len)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0 && close(fd) == 0,
         "write a file");
}

/* File, file, folder, name: each made durable before the next, as the store does it. */
static void store(const struct floor *floor)
{
    int folder;

    must(mkdirat(floor->dir, ".new-entry", 0700) == 0, "make a folder");
    folder = openat(floor->dir, ".new-entry", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(folder >= 0, "open a folder");
    create(folder, "key.pem", floor->key_pem, floor->key_len);
    create(folder, "cert.pem", floor->cert_pem, floor->cert_len);
    must(fsync(folder) == 0 && close(folder) == 0 &&
             renameat(floor->dir, ".new-entry", floor->dir, "entry") == 0 && fsync(floor->dir) == 0,
         "put a folder in its place");
}

static void forget(const struct floor *floor)
{
    must(unlinkat(floor->dir, "entry/key.pem", 0) == 0 &&
             unlinkat(floor->dir, "entry/cert.pem", 0) == 0 &&
             unlinkat(floor->dir, "entry", AT_REMOVEDIR) == 0 && fsync(floor->dir) == 0,
         "remove a folder");
}

/* ---- one run --------------------------------------------------------------------------------- */

static const char *const otp_lines[] = {"X-OTPCEP-version: 1.0",
                                        "Content-Type: Application/xml;charset=utf-8",
                                        "Accept:", "Expect:", NULL};
static const char *const ces_lines[] = {"Content-Type: application/soap+xml; charset=utf-8",
                                        "Accept:", "Expect:", NULL};

double floor_run(const struct world *world, struct floor *floor, struct sample *parts)
{
    static struct answer otp_answer, ces_answer;
    struct curl_slist *otp_headers = make_headers(otp_lines),
                      *ces_headers = make_headers(ces_lines);
    CURL *otp, *ces;
    CURLcode otp_code, ces_code;
    double at[FLOOR_PARTS + 1];

    otp_answer.len = ces_answer.len = 0;
    otp = open_warm(world, floor, otp_headers, &otp_answer);
    at[FLOOR_OTP] = sample_wall_us();
    otp_code = curl_easy_perform(otp);
    at[FLOOR_CES] = sample_wall_us();
    ces = open_easy(floor, world->ces_url, ces_headers, &ces_answer);
    set_post(ces, floor->ces_body, floor->ces_len);
    ces_code = curl_easy_perform(ces);
    at[FLOOR_FILES] = sample_wall_us();
    store(floor);
    at[FLOOR_CLOSE] = sample_wall_us();
    check(otp, otp_code, &otp_answer, &floor->otp_answer_len);
    check(ces, ces_code, &ces_answer, &floor->ces_answer_len);
    curl_easy_cleanup(ces);
    curl_easy_cleanup(otp);
    at[FLOOR_PARTS] = sample_wall_us();
    for (int i = 0; i < FLOOR_PARTS && parts != NULL; i++)
        sample_add(&parts[i], at[i + 1] - at[i]);
    curl_slist_free_all(otp_headers);
    curl_slist_free_all(ces_headers);
    forget(floor);
    return at[FLOOR_PARTS] - at[0];
}

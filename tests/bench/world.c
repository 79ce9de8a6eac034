/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include "cmc.h"
#include "log.h"
#include "pki.h"
#include "process.h"
#include "sample.h"
#include "soap.h"

#include <linux/magic.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
    if (!ok)
        give_up("cannot %s", what);
}

/* ---- the sockets ----------------------------------------------------------------------------- */

/* What is accepted inherits TCP_NODELAY. Without it an answer in two writes waits for the client's
 * delayed ACK now and then, which is no matter of either side's code. */
static void open_socket(int *fd, int *port)
{
    int on = 1;

    must(process_listen(0, fd, port) == LAB_OK, "listen");
    must(setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "set TCP_NODELAY");
}

static void open_sockets(struct world *world, const char *host)
{
    open_socket(&world->otp_fd, &world->otp_port);
    open_socket(&world->ces_fd, &world->ces_port);
    snprintf(world->otp_url, sizeof world->otp_url, "https://%s:%d/otp", host, world->otp_port);
    snprintf(world->ces_url, sizeof world->ces_url,
             "https://%s:%d/%s_CES_UsernamePassword/service.svc/CES", host, world->ces_port,
             LAB_CA_URL_NAME);
}

/* ---- the user's certificate ------------------------------------------------------------------ */

/* As AD CS would issue it for the OTP logon template: one hour. */
static X509 *issue(const struct world *world, EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key)
{
    char extensions[2000];
    int64_t now = time(NULL);
    struct pki_spec spec = {.subject = WORLD_DN,
                            .not_before = now - 600,
                            .not_after = now + 3600,
                            .extensions = extensions,
                            .upn = WORLD_UPN,
                            .sid = WORLD_SID,
                            .key = key,
                            .issuer = ca,
                            .signer = ca_key};
    X509 *made = NULL;

    snprintf(extensions, sizeof extensions,
             "[ext]\nkeyUsage = critical,digitalSignature,keyEncipherment\n"
             "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n"
             "crlDistributionPoints = URI:http://127.0.0.1:%d/issuing.crl\n"
             "authorityInfoAccess = caIssuers;URI:http://127.0.0.1:%d/issuing.crt\n"
             "extendedKeyUsage = 1.3.6.1.4.1.311.20.2.2,1.3.6.1.5.5.7.3.2\n"
             "1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template\n"
             "[template]\nid = OID:" LAB_TEMPLATE "\nmajor = INTEGER:%d\nminor = INTEGER:%d\n",
             world->lab.crl_port, world->lab.crl_port, LAB_TEMPLATE_MAJOR, LAB_TEMPLATE_MINOR);
    must(pki_issue(&spec, &made) == LAB_OK, "issue a certificate");
    return made;
}

static void write_answer(struct world *world, X509 *issued, X509 *ca, EVP_PKEY *ca_key, X509 *root)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    struct cmc_response response = {.status = CMC_OK,
                                    .message = "Issued",
                                    .request_id = 7,
                                    .issued = issued,
                                    .ca = ca,
                                    .ca_key = ca_key,
                                    .chain = chain};
    struct soap_answer answer = {.language = "en-US", .message = "Issued", .request_id = 7};
    unsigned char *cmc = NULL, *cert = NULL;
    int cert_len = i2d_X509(issued, &cert);

    must(chain != NULL && sk_X509_push(chain, ca) > 0 && sk_X509_push(chain, root) > 0 &&
             cert_len > 0 && cmc_write(&response, &cmc, &answer.cmc_len) == LAB_OK,
         "write a CMC response");
    answer.cmc = cmc;
    answer.cert = cert;
    answer.cert_len = (size_t)cert_len;
    world->ces_answer = soap_write_answer(&answer, &world->ces_answer_len);
    must(world->ces_answer != NULL, "write the CA's answer");
    OPENSSL_free(cmc);
    OPENSSL_free(cert);
    sk_X509_free(chain);
}

static void make_answer(struct world *world)
{
    X509 *root = NULL, *ca = NULL, *issued;
    EVP_PKEY *ca_key = NULL, *key = NULL;

    must(pki_new_ec(&key) == LAB_OK && pki_save_key(&world->lab, "user", key) == LAB_OK &&
             pki_load_cert(&world->lab, "root", &root) == LAB_OK &&
             pki_load_cert(&world->lab, "issuing", &ca) == LAB_OK &&
             pki_load_key(&world->lab, "issuing", &ca_key) == LAB_OK,
         "make the user's key");
    issued = issue(world, key, ca, ca_key);
    write_answer(world, issued, ca, ca_key, root);
    X509_free(root);
    X509_free(ca);
    X509_free(issued);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
}

/* ---- the folder ------------------------------------------------------------------------------ */

static const char *name_file_system(const char *dir)
{
    struct statfs fs;

    if (statfs(dir, &fs) != 0)
        return "unknown";
    switch (fs.f_type) {
    case TMPFS_MAGIC:
        return "tmpfs";
    case EXT4_SUPER_MAGIC:
        return "ext4";
    case XFS_SUPER_MAGIC:
        return "xfs";
    case BTRFS_SUPER_MAGIC:
        return "btrfs";
    case OVERLAYFS_SUPER_MAGIC:
        return "overlayfs";
    default:
        return "another";
    }
}

void world_make(struct world *world, const char *dir, const char *host)
{
    char path[700];

    *world = (struct world){.server = 0};
    must(snprintf(path, sizeof path, "%s/daotp-bench.XXXXXX", dir) < (int)sizeof path &&
             mkdtemp(path) != NULL && lab_dir_make(&world->lab, path) == LAB_OK,
         "make a folder");
    world->made = true;
    world->file_system = name_file_system(path);
    open_sockets(world, host);
    world->lab.crl_port = world->ces_port; /* only named in certificates: nobody asks it */
    must(pki_make_all(&world->lab) == LAB_OK, "make a PKI");
    make_answer(world);
}

static void remove_tree(const char *dir)
{
    pid_t pid = fork();

    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", dir, (char *)NULL);
        _exit(1);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

void world_end(struct world *world)
{
    if (world->made)
        remove_tree(world->lab.dir);
    free(world->ces_answer);
    world->ces_answer = NULL;
    world->made = false;
}

unsigned char *world_read(const struct world *world, const char *name, size_t *len)
{
    unsigned char *data;

    must(lab_dir_read(lab_dir_path(&world->lab, "%s", name).s, &data, len) == LAB_OK,
         "read a file");
    return data;
}

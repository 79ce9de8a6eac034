/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several threads, each with a verifier of its own, share one trust whose keys are made when first
 * needed, whose CRLs are proven by whoever comes first, and whose index is built by whoever looks
 * up second: all begin at once, on a trust that nobody has used. To be run under ThreadSanitizer.
 */
#include "pki_ask.h"

#include <pthread.h>

enum { THREADS = 8, LEAVES = 12, ROUNDS = 3 };
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
enum { TRUSTS = 6, ENTRIES = 300 };
#else
enum { TRUSTS = 40, ENTRIES = 2000 };
#endif

typedef struct scene {
    daotp_context *context;
    daotp_trust *trust;
    const pki_cert *leaves[LEAVES]; /* every third is revoked */
    pthread_barrier_t start;
} scene;

typedef struct worker {
    scene *scene;
    pthread_t thread;
    unsigned number, wrong;
} worker;

static daotp_status wanted(unsigned leaf)
{
    return leaf % 3 == 0 ? DAOTP_REJECTED : DAOTP_OK;
}

/* Each in another order, so that each is first somewhere. */
static void verify_all(worker *own, daotp_verifier *verifier)
{
    for (unsigned i = 0; i < LEAVES * ROUNDS; i++) {
        unsigned which = (i * 5 + own->number * 7) % LEAVES;
        const pki_cert *leaf = own->scene->leaves[which];
        daotp_status status = daotp_verifier_verify(verifier, leaf->der.data, leaf->der.len);

        own->wrong += status != wanted(which);
        own->wrong += daotp_verifier_get_chain_count(verifier) != 3;
    }
}

static void *work(void *given)
{
    worker *own = given;
    daotp_verifier *verifier;

    (void)pthread_barrier_wait(&own->scene->start);
    if (daotp_verifier_new(own->scene->context, own->scene->trust, &verifier) != DAOTP_OK) {
        own->wrong++;
        return NULL;
    }
    (void)daotp_verifier_set_rules(verifier, DAOTP_RULES_STRICT);
    verify_all(own, verifier);
    daotp_verifier_free(verifier);
    return NULL;
}

/* ---- what they share ------------------------------------------------------------------------- */

static daotp__bytes many_entries(const scene *s)
{
    daotp__bytes *all = pki_get((ENTRIES + LEAVES) * sizeof *all);
    size_t count = 0;

    for (; count < ENTRIES; count++)
        all[count] = pki_entry(pki_number(0x2000000 + count), pki_reason(1));
    for (size_t i = 0; i < LEAVES; i += 3)
        all[count++] = pki_revoke(s->leaves[i], 1);
    return pki_join(all, count);
}

/* The leaves' CA, whose lists are a complete one, a delta and an indirect one for the CA itself. */
static void make_scene(scene *s, daotp__bytes *parts)
{
    const pki_cert *root = pki_ca("CN=Root", pki_key(0), NULL);
    const pki_cert *ca = pki_ca("CN=Issuing CA", pki_key(1), root);
    pki_crl_spec spec = pki_crl_spec_of(ca, 2);

    for (unsigned i = 0; i < LEAVES; i++)
        s->leaves[i] = pki_leaf(pki_key(2 + i), ca);
    parts[0] = root->der;
    parts[1] = ca->der;
    parts[2] = pki_crl(root, 1, PKI_NOTHING);
    parts[3] = pki_crl(ca, 1, many_entries(s));
    pki_put(spec.extensions, PKI_OID_DELTA, true, pki_integer(1));
    parts[4] = pki_make_crl(&spec);
    spec = pki_crl_spec_of(root, 1);
    pki_put(spec.extensions, PKI_OID_SCOPE, true, PKI_SEQ(pki_hex("84 01 FF")));
    parts[5] = pki_make_crl(&spec);
    parts[6] = pki_ca("CN=Issuing CA", pki_key(30), root)->der; /* of the same name: leads astray */
}

static void make_trust(scene *s, const daotp__bytes *parts)
{
    assert_int_equal(daotp_trust_new(s->context, &s->trust), DAOTP_OK);
    assert_int_equal(daotp_trust_add(s->trust, parts[0].data, parts[0].len, NULL), DAOTP_OK);
    for (int i = 2; i < 6; i++)
        assert_int_equal(daotp_trust_add_crls(s->trust, parts[i].data, parts[i].len, NULL),
                         DAOTP_OK);
    for (int i = 6; i > 0; i -= 5)
        assert_int_equal(daotp_trust_add_intermediates(s->trust, parts[i].data, parts[i].len, NULL),
                         DAOTP_OK);
}

/* ---- at once --------------------------------------------------------------------------------- */

static unsigned run_threads(scene *s)
{
    worker workers[THREADS];
    unsigned wrong = 0;

    assert_int_equal(pthread_barrier_init(&s->start, NULL, THREADS), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.scene = s, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        wrong += workers[i].wrong;
    }
    (void)pthread_barrier_destroy(&s->start);
    return wrong;
}

static void threads_share_a_trust(void **state)
{
    daotp__bytes parts[7];
    scene s = {0};

    (void)state;
    make_scene(&s, parts);
    for (unsigned i = 0; i < TRUSTS; i++) { /* each time one that is new to all */
        s.context = forge_context();
        make_trust(&s, parts);
        assert_int_equal(run_threads(&s), 0);
        daotp_trust_unref(s.trust);
        daotp_context_unref(s.context);
    }
}

/* The last who lets go frees it, whichever thread that is. */
static void *work_and_let_go(void *given)
{
    worker *own = given;

    (void)work(own);
    daotp_trust_unref(own->scene->trust);
    return NULL;
}

static void trust_outlives_who_made_it(void **state)
{
    worker workers[THREADS];
    daotp__bytes parts[7];
    scene s = {0};

    (void)state;
    make_scene(&s, parts);
    s.context = forge_context();
    make_trust(&s, parts);
    assert_int_equal(pthread_barrier_init(&s.start, NULL, THREADS), 0);
    for (unsigned i = 0; i < THREADS; i++)
        (void)daotp_trust_ref(s.trust);
    daotp_trust_unref(s.trust);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){.scene = &s, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work_and_let_go, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
    (void)pthread_barrier_destroy(&s.start);
    daotp_context_unref(s.context);
}

/* From its first use on it does not change. */
static void trust_in_use_is_immutable(void **state)
{
    daotp__bytes parts[7];
    scene s = {0};
    daotp_verifier *verifier;

    (void)state;
    make_scene(&s, parts);
    s.context = forge_context();
    make_trust(&s, parts);
    assert_int_equal(daotp_verifier_new(s.context, s.trust, &verifier), DAOTP_OK);
    assert_int_equal(daotp_trust_add(s.trust, parts[1].data, parts[1].len, NULL), DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_intermediates(s.trust, parts[1].data, parts[1].len, NULL),
                     DAOTP_USAGE);
    assert_int_equal(daotp_trust_add_crls(s.trust, parts[2].data, parts[2].len, NULL), DAOTP_USAGE);
    daotp_verifier_free(verifier);
    daotp_trust_unref(s.trust);
    daotp_context_unref(s.context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PKI_TEST(threads_share_a_trust),
        PKI_TEST(trust_outlives_who_made_it),
        PKI_TEST(trust_in_use_is_immutable),
    };

    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}

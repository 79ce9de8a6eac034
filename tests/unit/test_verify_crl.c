/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CRL traps of reference/validation.md, 4 and 5: each row is a root, a CA and a leaf, and what
 * is wrong with the CRLs that come with them. Each row is asked under all three rule sets: the
 * rules for CRLs are the same in all, but for what RFC 5280 6.3.3 does not test. "Revoked" is asked
 * with revocation preferred too: what is believed must not depend on what is demanded.
 */
#include "pki_ask.h"

#define SERIAL  pki_number(0x7001)
#define ANOTHER pki_number(0x7002)
#define OTHERS  "CN=Somebody Else"

typedef struct scene {
    pki_ask ask;
    const pki_cert *root, *ca;
    pki_spec leaf; /* serial number SERIAL */
    size_t between, crls;
} scene;

static void give(scene *s, daotp__bytes crl)
{
    s->ask.crls[s->crls++] = crl;
}

static void give_cert(scene *s, const pki_cert *cert)
{
    s->ask.between[s->between++] = cert;
}

static daotp__bytes revoked(unsigned reason)
{
    return pki_entry(SERIAL, reason != PKI_NO_REASON ? pki_reason(reason) : PKI_NOTHING);
}

static pki_crl_spec spec_of(const scene *s, uint64_t number)
{
    return pki_crl_spec_of(s->ca, number);
}

static void give_spec(scene *s, const pki_crl_spec *spec)
{
    give(s, pki_make_crl(spec));
}

/* Lists of the CA with nothing special about them. */
static void give_clean(scene *s, uint64_t number)
{
    give(s, pki_crl(s->ca, number, pki_entry(ANOTHER, PKI_NOTHING)));
}

static void give_revoking(scene *s, uint64_t number)
{
    give(s, pki_crl(s->ca, number, revoked(1)));
}

/* ---- distribution points and scopes ---------------------------------------------------------- */

#define POINT_URI "http://crl.example.com/one.crl"

static daotp__bytes full_name(daotp__bytes names)
{
    return pki_tlv(0xA0, pki_tlv(0xA0, names));
}

static daotp__bytes uri(const char *text)
{
    return pki_text(PKI_URI, text);
}

/* BIT STRING of ReasonFlags, implicitly tagged: the first octet, bit 1 being keyCompromise */
static daotp__bytes reasons(unsigned tag, unsigned first)
{
    uint8_t octets[2] = {0, (uint8_t)first};

    while (first != 0 && (first & 1u << octets[0]) == 0)
        octets[0]++;
    return pki_tlv(0x80 | tag, pki_copy(octets, 2));
}

/* All that do not fit in one octet, too. */
static daotp__bytes all_reasons_but(unsigned tag, unsigned first)
{
    uint8_t octets[3] = {7, (uint8_t)(0x7F & ~first), 0x80};

    return pki_tlv(0x80 | tag, pki_copy(octets, 3));
}

enum { KEY_COMPROMISE = 0x40, CA_COMPROMISE = 0x20 };

static void set_points(scene *s, daotp__bytes points)
{
    pki_put(s->leaf.extensions, PKI_OID_POINTS, false, pki_tlv(0x30, points));
}

static void set_scope(pki_crl_spec *spec, daotp__bytes content)
{
    pki_put(spec->extensions, PKI_OID_SCOPE, true, pki_tlv(0x30, content));
}

static void give_scoped(scene *s, uint64_t number, daotp__bytes scope, daotp__bytes entries)
{
    pki_crl_spec spec = spec_of(s, number);

    spec.entries = entries;
    set_scope(&spec, scope);
    give_spec(s, &spec);
}

#define USERS      PKI_BYTES("\x81\x01\xff")
#define CAS        PKI_BYTES("\x82\x01\xff")
#define INDIRECT   PKI_BYTES("\x84\x01\xff")
#define ATTRIBUTES PKI_BYTES("\x85\x01\xff")

/* ---- complete lists -------------------------------------------------------------------------- */

static void clean(scene *s)
{
    give_clean(s, 1);
}

static void empty(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_NOTHING));
}

static void revoking(scene *s)
{
    give_revoking(s, 1);
}

static void revoking_without_reason(scene *s)
{
    give(s, pki_crl(s->ca, 1, revoked(PKI_NO_REASON)));
}

static void on_hold(scene *s)
{
    give(s, pki_crl(s->ca, 1, revoked(6)));
}

static void none(scene *s)
{
    (void)s;
}

/* A serial of which ours is the beginning, and one that has a zero in front. */
static void serial_alike(scene *s)
{
    give(s, pki_crl(s->ca, 1,
                    PKI_JOIN(pki_entry(pki_hex("70 01 01"), PKI_NOTHING),
                             pki_entry(pki_hex("70"), PKI_NOTHING),
                             pki_entry(pki_hex("01 70 01"), PKI_NOTHING))));
}

static void with_generalized_date(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_SEQ(pki_tlv(0x02, SERIAL), pki_text(0x18, "20261231235959Z"))));
}

/* ---- who signed it --------------------------------------------------------------------------- */

static void by_another_key(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.key = pki_key(9);
    give_spec(s, &spec);
}

static void altered(scene *s)
{
    daotp__bytes crl = pki_crl(s->ca, 1, pki_entry(ANOTHER, PKI_NOTHING));
    uint8_t *serial = memmem((void *)(uintptr_t)crl.data, crl.len, "\x02\x02\x70\x02", 4);

    assert_non_null(serial);
    serial[3] = 3;
    give(s, crl);
}

/* r = s = 0, CVE-2022-21449 */
static void psychic(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.signature = PKI_SEQ(pki_integer(0), pki_integer(0));
    give_spec(s, &spec);
}

/* Another CA of the same name, and of another key: what it signs is about its own certificates. */
static void by_namesake(scene *s)
{
    const pki_cert *namesake = pki_ca("O=Issuing CA", pki_key(9), s->root);

    give_cert(s, namesake);
    give(s, pki_crl(namesake, 9, PKI_NOTHING));
}

/* It lies about whose it is. */
static void by_namesake_with_our_key_id(scene *s)
{
    const pki_cert *namesake = pki_ca("O=Issuing CA", pki_key(9), s->root);
    pki_crl_spec spec = pki_crl_spec_of(namesake, 9);

    give_cert(s, namesake);
    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(s->ca->key_id));
    give_spec(s, &spec);
}

static void by_namesake_of_another_anchor(scene *s)
{
    const pki_cert *other = pki_ca("CN=Other Root", pki_key(8), NULL);
    const pki_cert *namesake = pki_ca("O=Issuing CA", pki_key(9), other);

    s->ask.anchors[1] = other;
    give_cert(s, namesake);
    give(s, pki_crl(other, 1, PKI_NOTHING));
    give(s, pki_crl(namesake, 9, PKI_NOTHING));
}

static void by_anchor_of_the_same_name(scene *s)
{
    const pki_cert *namesake = pki_ca("O=Issuing CA", pki_key(9), NULL);

    s->ask.anchors[1] = namesake;
    give(s, pki_crl(namesake, 9, PKI_NOTHING));
}

/* A leaf of the CA's name is not the CA, and may not say of itself that it is not revoked. */
static void by_the_leaf(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    s->leaf.name = s->ca->name;
    spec.key = s->leaf.key;
    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(pki_key_id(pki_spki(s->leaf.key))));
    give_spec(s, &spec);
}

static void replace_ca(scene *s, const pki_spec *spec)
{
    s->ca = pki_make(spec);
    s->ask.between[0] = s->ca;
    s->leaf.issuer = s->ca;
}

static void by_ca_without_crl_sign(scene *s)
{
    pki_spec spec = pki_ca_spec("O=Issuing CA", pki_key(1), s->root);

    pki_put(spec.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_ISSUE);
    replace_ca(s, &spec);
    give_clean(s, 1);
}

/* The CA's other key, certified by the root: its lists answer too. */
static void by_other_key_of_the_ca(scene *s)
{
    const pki_cert *other = pki_ca("O=Issuing CA", pki_key(9), s->root);

    give_cert(s, other);
    give(s, pki_crl(other, 1, pki_entry(ANOTHER, PKI_NOTHING)));
}

static void by_revoked_other_key(scene *s)
{
    const pki_cert *other = pki_ca("O=Issuing CA", pki_key(9), s->root);

    s->ask.crls[0] = pki_crl(s->root, 1, pki_revoke(other, 1));
    give_cert(s, other);
    give(s, pki_crl(other, 1, pki_entry(ANOTHER, PKI_NOTHING)));
}

static void by_expired_other_key(scene *s)
{
    pki_spec spec = pki_ca_spec("O=Issuing CA", pki_key(9), s->root);
    const pki_cert *other;

    spec.not_after = FORGE_NOW - 1;
    other = pki_make(&spec);
    give_cert(s, other);
    give(s, pki_crl(other, 1, pki_entry(ANOTHER, PKI_NOTHING)));
}

/* Its other key, certified by a CA whose lists nobody has: whether that key is revoked is not
 * known.
 */
static const pki_cert *other_key_of_unknown_status(scene *s)
{
    const pki_cert *upper = pki_ca("CN=Upper", pki_key(8), s->root);
    const pki_cert *other = pki_ca("O=Issuing CA", pki_key(9), upper);

    give_cert(s, upper);
    give_cert(s, other);
    return other;
}

static void clean_by_key_of_unknown_status(scene *s)
{
    give(s, pki_crl(other_key_of_unknown_status(s), 1, pki_entry(ANOTHER, PKI_NOTHING)));
}

static void revoking_by_key_of_unknown_status(scene *s)
{
    give(s, pki_crl(other_key_of_unknown_status(s), 1, revoked(1)));
}

/* A clean list of the same number and times by the CA's own key does not outweigh it. */
static void revoking_by_key_of_unknown_status_beside_clean(scene *s)
{
    give_clean(s, 1);
    revoking_by_key_of_unknown_status(s);
}

/* The list's signer is answered for by a list whose signer is answered for by a list, and so on:
 * each a CA's other key, certified by the next CA, the last by the root. */
static void by_signers_in_a_row(scene *s, unsigned count, daotp__bytes entry)
{
    const pki_cert *uppers[8] = {NULL}, *other;
    char name[32] = "O=Issuing CA";

    for (unsigned i = 1; i < count; i++) {
        char upper[32];

        (void)snprintf(upper, sizeof upper, "CN=Upper %u", i);
        uppers[i] = pki_ca(upper, pki_key(10 + i), s->root);
        give_cert(s, uppers[i]);
    }
    for (unsigned i = 1; i <= count; i++) {
        other = pki_ca(name, pki_key(20 + i), i < count ? uppers[i] : s->root);
        give_cert(s, other);
        give(s, pki_crl(other, 1, i == 1 ? entry : pki_entry(ANOTHER, PKI_NOTHING)));
        (void)snprintf(name, sizeof name, "CN=Upper %u", i);
    }
}

static void by_four_in_a_row(scene *s)
{
    by_signers_in_a_row(s, 4, pki_entry(ANOTHER, PKI_NOTHING));
}

static void by_five_in_a_row(scene *s)
{
    by_signers_in_a_row(s, 5, pki_entry(ANOTHER, PKI_NOTHING));
}

/* More signers than are followed: the list is not known to be good, and revokes all the same. */
static void revoking_by_five_in_a_row_beside_clean(scene *s)
{
    give_clean(s, 1);
    by_signers_in_a_row(s, 5, revoked(1));
}

/* ---- algorithms ------------------------------------------------------------------------------ */

static void by_sha1(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.md = EVP_sha1();
    give_spec(s, &spec);
}

static void by_md5(scene *s)
{
    pki_spec ca = pki_ca_spec("O=Issuing CA", pki_rsa(0, 2048), s->root);
    pki_crl_spec spec;

    replace_ca(s, &ca);
    spec = spec_of(s, 1);
    spec.md = EVP_md5();
    give_spec(s, &spec);
}

/* The frame says what the key cannot have made. */
static void by_algorithm_of_another_key(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.algorithm = PKI_SEQ(pki_oid("1.2.840.113549.1.1.11"), PKI_BYTES("\x05\x00"));
    give_spec(s, &spec);
}

static void by_short_key(scene *s)
{
    pki_spec spec = pki_ca_spec("O=Issuing CA", pki_rsa(1, 1024), s->root);
    const pki_cert *other = pki_make(&spec);

    give_cert(s, other);
    give(s, pki_crl(other, 1, PKI_NOTHING));
}

/* ---- form ------------------------------------------------------------------------------------ */

/* Indefinite length around the entries, inside of what is signed. */
static void ber_inside(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);
    daotp__bytes entries = PKI_JOIN(pki_hex("30 80"), revoked(1), pki_hex("00 00"));
    daotp__bytes tbs = PKI_SEQ(pki_integer(1), pki_algorithm(s->ca->key, EVP_sha256()), s->ca->name,
                               pki_time(spec.this_update), pki_time(spec.next_update), entries,
                               pki_tlv(0xA0, pki_extensions_der(spec.extensions)));

    give(s, pki_sign_crl(&spec, tbs));
}

/* A length in more octets than it needs. */
static void long_length_inside(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);
    daotp__bytes entries = PKI_JOIN(pki_hex("30 81"), pki_tlv(0, revoked(1)));

    memmove((void *)(uintptr_t)(entries.data + 2), entries.data + 3, entries.len - 3);
    entries.len--;
    give(s, pki_sign_crl(&spec, PKI_SEQ(pki_integer(1), pki_algorithm(s->ca->key, EVP_sha256()),
                                        s->ca->name, pki_time(spec.this_update),
                                        pki_time(spec.next_update), entries,
                                        pki_tlv(0xA0, pki_extensions_der(spec.extensions)))));
}

static void ber_in_an_entry(scene *s)
{
    give(s, pki_crl(s->ca, 1,
                    PKI_JOIN(pki_entry(ANOTHER, PKI_NOTHING), pki_hex("30 80 02 02 70 03"),
                             pki_time(FORGE_NOW), pki_hex("00 00"))));
}

static void entry_without_date(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_SEQ(pki_tlv(0x02, ANOTHER))));
}

static void entry_with_padded_serial(scene *s)
{
    give(s, pki_crl(s->ca, 1, pki_entry(pki_hex("00 70 01"), PKI_NOTHING)));
}

static void entry_with_reason_seven(scene *s)
{
    give(s, pki_crl(s->ca, 1, pki_entry(ANOTHER, pki_reason(7))));
}

static void entry_with_reason_twice(scene *s)
{
    give(s, pki_crl(s->ca, 1, pki_entry(ANOTHER, PKI_JOIN(pki_reason(1), pki_reason(8)))));
}

static void no_entries_at_all(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    give(s, pki_sign_crl(&spec, PKI_SEQ(pki_integer(1), pki_algorithm(s->ca->key, EVP_sha256()),
                                        s->ca->name, pki_time(spec.this_update),
                                        pki_time(spec.next_update), pki_hex("30 00"),
                                        pki_tlv(0xA0, pki_extensions_der(spec.extensions)))));
}

static void without_next_update(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.next_update = 0;
    give_spec(s, &spec);
}

static void without(scene *s, const char *oid)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_drop(spec.extensions, oid);
    give_spec(s, &spec);
}

static void without_number(scene *s)
{
    without(s, PKI_OID_CRL_NUMBER);
}

static void without_authority(scene *s)
{
    without(s, PKI_OID_AKI);
}

static void authority_without_key_id(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_AKI, false,
            PKI_SEQ(pki_tlv(0xA1, pki_tlv(PKI_DIRECTORY, s->root->name)),
                    pki_tlv(0x82, s->ca->serial)));
    give_spec(s, &spec);
}

static void with_number(scene *s, bool critical, daotp__bytes value)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, critical, value);
    give_spec(s, &spec);
}

/* RFC 5280 5.2.1, 5.2.4 to 5.2.6, 5.3: what is critical, and what is there at all. */
static void give_with_extension(scene *s, const char *oid, bool critical, daotp__bytes value)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, oid, critical, value);
    give_spec(s, &spec);
}

static void critical_authority(scene *s)
{
    give_with_extension(s, PKI_OID_AKI, true, pki_authority(s->ca->key_id));
}

static void scope_of_nothing(scene *s)
{
    give_with_extension(s, PKI_OID_SCOPE, true, PKI_SEQ(PKI_NOTHING));
}

static void scope_not_critical(scene *s)
{
    give_with_extension(s, PKI_OID_SCOPE, false, PKI_SEQ(USERS));
}

static void critical_freshest(scene *s)
{
    give_with_extension(s, PKI_OID_FRESHEST, true, PKI_SEQ(PKI_SEQ(full_name(uri(POINT_URI)))));
}

static void freshest_not_critical(scene *s)
{
    give_with_extension(s, PKI_OID_FRESHEST, false, PKI_SEQ(PKI_SEQ(full_name(uri(POINT_URI)))));
}

static void give_with_entry_extension(scene *s, const char *oid, daotp__bytes value)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.entries = pki_entry(ANOTHER, pki_extension_der(oid, true, value));
    give_spec(s, &spec);
}

static void critical_reason(scene *s)
{
    give_with_entry_extension(s, "2.5.29.21", pki_hex("0A 01 01"));
}

static void critical_invalidity(scene *s)
{
    give_with_entry_extension(s, "2.5.29.24", pki_tlv(0x18, PKI_BYTES("20260101000000Z")));
}

static void algorithm_with_parameters(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.algorithm = PKI_SEQ(pki_oid("1.2.840.10045.4.3.2"), PKI_BYTES("\x05\x00"));
    give_spec(s, &spec);
}

static void critical_number(scene *s)
{
    with_number(s, true, pki_integer(1));
}

static void negative_number(scene *s)
{
    with_number(s, false, pki_hex("02 01 FF"));
}

static void number_of_21_octets(scene *s)
{
    with_number(s, false,
                pki_hex("02 15 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
}

static void malformed_authority(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_AKI, false, pki_hex("04 01 FF"));
    give_spec(s, &spec);
}

static void number_of_20_octets(scene *s)
{
    with_number(s, false,
                pki_hex("02 14 7F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
}

static void number_twice(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put_again(spec.extensions, PKI_OID_CRL_NUMBER, false, pki_integer(2));
    give_spec(s, &spec);
}

static void version_1_with_extensions(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.version = 1;
    give_spec(s, &spec);
}

static void version_1(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    spec.version = 1;
    pki_drop(spec.extensions, PKI_OID_AKI);
    pki_drop(spec.extensions, PKI_OID_CRL_NUMBER);
    give_spec(s, &spec);
}

static void unknown_critical(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    give_spec(s, &spec);
}

static void unknown_not_critical(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, false, PKI_BYTES("\x05\x00"));
    give_spec(s, &spec);
}

/* On somebody else's entry: the whole list must not be used. */
static void unknown_critical_in_an_entry(scene *s)
{
    give(s, pki_crl(s->ca, 1,
                    pki_entry(ANOTHER, pki_extension_der(PKI_OID_NOBODY_KNOWS, true,
                                                         PKI_BYTES("\x05\x00")))));
}

static void issuer_of_an_entry_in_a_direct_list(scene *s)
{
    give(s, pki_crl(s->ca, 1,
                    pki_entry(ANOTHER, pki_extension_der(PKI_OID_ENTRY_ISSUER, true,
                                                         PKI_SEQ(pki_directory(OTHERS))))));
}

/* ---- removeFromCRL, and serials listed twice ------------------------------------------------- */

static void removed_from_a_complete_list(scene *s)
{
    give(s, pki_crl(s->ca, 1, revoked(8)));
}

static void removed_then_revoked(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_JOIN(revoked(8), revoked(1))));
}

static void revoked_then_removed(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_JOIN(revoked(1), revoked(8))));
}

static void listed_twice(scene *s)
{
    give(s, pki_crl(s->ca, 1, PKI_JOIN(revoked(6), revoked(1))));
}

/* ---- which of two: rollback ------------------------------------------------------------------ */

static void give_dated(scene *s, uint64_t number, int64_t this_update, int64_t next_update,
                       bool revokes)
{
    pki_crl_spec spec = spec_of(s, number);

    spec.this_update = this_update;
    spec.next_update = next_update;
    spec.entries = revokes ? revoked(1) : PKI_NOTHING;
    give_spec(s, &spec);
}

static void older_clean_first(scene *s)
{
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
    give_dated(s, 2, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, true);
}

static void older_clean_last(scene *s)
{
    give_dated(s, 2, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, true);
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
}

static void released_by_the_newer(scene *s)
{
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, true);
    give_dated(s, 2, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, false);
}

static void same_time_higher_number_first(scene *s)
{
    give_revoking(s, 256);
    give_clean(s, 255);
}

static void same_time_higher_number_last(scene *s)
{
    give_clean(s, 255);
    give_revoking(s, 256);
}

static void same_number_later_revokes_first(scene *s)
{
    give_dated(s, 7, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, true);
    give_dated(s, 7, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
}

static void same_number_later_revokes_last(scene *s)
{
    give_dated(s, 7, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
    give_dated(s, 7, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, true);
}

static void same_number_later_releases(scene *s)
{
    give_dated(s, 7, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, true);
    give_dated(s, 7, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, false);
}

static void same_in_all_but_the_entries_first(scene *s)
{
    give_revoking(s, 7);
    give_clean(s, 7);
}

static void same_in_all_but_the_entries_last(scene *s)
{
    give_clean(s, 7);
    give_revoking(s, 7);
}

/* An application that gives the same list with each question. */
static void the_same_forty_times(scene *s)
{
    for (int i = 0; i < 40; i++)
        give_clean(s, 7);
    for (size_t i = s->crls - 40; i < s->crls; i++)
        s->ask.crls[i] = s->ask.crls[s->crls - 1];
}

/* Two that are alike, and one that is newer than both. */
static void released_after_two_alike(scene *s)
{
    give_revoking(s, 7);
    give_revoking(s, 7);
    give_clean(s, 8);
}

static void newer_revoking_is_over(scene *s)
{
    give_dated(s, 1, FORGE_NOW - 3 * PKI_DAY, FORGE_NOW + PKI_DAY, false);
    give_dated(s, 2, FORGE_NOW - 2 * PKI_DAY, FORGE_NOW - PKI_DAY, true);
}

static void newer_clean_is_over(scene *s)
{
    give_dated(s, 2, FORGE_NOW - 2 * PKI_DAY, FORGE_NOW - PKI_DAY, false);
    give_dated(s, 1, FORGE_NOW - 3 * PKI_DAY, FORGE_NOW + PKI_DAY, false);
}

static void over(scene *s)
{
    give_dated(s, 1, FORGE_NOW - 2 * PKI_DAY, FORGE_NOW - 1, false);
}

static void not_yet(scene *s)
{
    give_dated(s, 1, FORGE_NOW + 1, FORGE_NOW + PKI_DAY, false);
}

/* The one that is good now is not hidden by one that will be, and revokes later than now. */
static void not_yet_beside_a_good_one(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.this_update = FORGE_NOW + FORGE_HOUR;
    spec.entries = PKI_SEQ(pki_tlv(0x02, SERIAL), pki_time(FORGE_NOW + 1));
    give_spec(s, &spec);
    give_clean(s, 1);
}

/* Our clock is behind: it was revoked two days ago, whenever the list was made. */
static void not_yet_and_revoked_before(scene *s)
{
    give_dated(s, 2, FORGE_NOW + 1, FORGE_NOW + PKI_DAY, true);
    give_clean(s, 1);
}

/* Unverified lists hide nothing, whatever number they bear. */
static void forged_clean_above_revoking(scene *s)
{
    pki_crl_spec spec = spec_of(s, 99);

    spec.key = pki_key(9);
    give_spec(s, &spec);
    give_revoking(s, 5);
}

static void forged_revoking_above_clean(scene *s)
{
    pki_crl_spec spec = spec_of(s, 99);

    spec.key = pki_key(9);
    spec.entries = revoked(1);
    give_clean(s, 5);
    give_spec(s, &spec);
}

static void numbers_of_different_length(scene *s)
{
    pki_crl_spec spec = spec_of(s, 1);

    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, false,
            pki_hex("02 0A 01 00 00 00 00 00 00 00 00 00"));
    spec.entries = revoked(1);
    give_spec(s, &spec);
    give_clean(s, UINT64_MAX);
}

/* ---- delta lists ----------------------------------------------------------------------------- */

static pki_crl_spec delta_of(const scene *s, uint64_t base, uint64_t number)
{
    pki_crl_spec spec = spec_of(s, number);

    pki_put(spec.extensions, PKI_OID_DELTA, true, pki_integer(base));
    return spec;
}

static void give_delta(scene *s, uint64_t base, uint64_t number, daotp__bytes entries)
{
    pki_crl_spec spec = delta_of(s, base, number);

    spec.entries = entries;
    give_spec(s, &spec);
}

static void announce_delta(scene *s)
{
    pki_put(s->leaf.extensions, PKI_OID_FRESHEST, false,
            PKI_SEQ(PKI_SEQ(full_name(uri("http://crl.example.com/delta.crl")))));
}

static void delta_revokes(scene *s)
{
    announce_delta(s);
    give_clean(s, 5);
    give_delta(s, 5, 6, revoked(1));
}

static void delta_revokes_unannounced(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 5, 6, revoked(1));
}

static void delta_without_it(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 5, 6, pki_entry(ANOTHER, PKI_NOTHING));
}

static void delta_keeps_what_was_revoked(scene *s)
{
    give_revoking(s, 5);
    give_delta(s, 5, 6, pki_entry(ANOTHER, PKI_NOTHING));
}

static void delta_lifts_the_hold(scene *s)
{
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_delta(s, 5, 6, revoked(8));
}

/* Newest of two, given in either order. */
static void delta_lifts_then_revokes(scene *s)
{
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_delta(s, 5, 7, revoked(1));
    give_delta(s, 5, 6, revoked(8));
}

static void delta_lists_twice(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 5, 6, PKI_JOIN(revoked(8), revoked(1)));
}

static void delta_is_over(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    spec.this_update = FORGE_NOW - 2 * PKI_DAY;
    spec.next_update = FORGE_NOW - 1;
    give_clean(s, 5);
    give_spec(s, &spec);
}

static void delta_is_over_and_revokes(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    spec.this_update = FORGE_NOW - 2 * PKI_DAY;
    spec.next_update = FORGE_NOW - 1;
    spec.entries = revoked(1);
    give_clean(s, 5);
    give_spec(s, &spec);
}

/* Its base is a list newer than ours: what it says cannot be put upon ours. */
static void delta_for_a_newer_base(scene *s)
{
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_delta(s, 6, 7, revoked(8));
}

/* The same CA, and another key: their numbers may be of another row. */
static void delta_by_other_key_of_the_ca(scene *s)
{
    const pki_cert *other = pki_ca("O=Issuing CA", pki_key(9), s->root);
    pki_crl_spec spec = pki_crl_spec_of(other, 6);

    give_cert(s, other);
    pki_put(spec.extensions, PKI_OID_DELTA, true, pki_integer(5));
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

static void delta_older_than_the_list(scene *s)
{
    give_revoking(s, 9);
    give_delta(s, 5, 8, revoked(8));
}

static void delta_of_another_scope(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    set_scope(&spec, CAS);
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

static void delta_by_another_key(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    spec.key = pki_key(9);
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

static void delta_by_sha1(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    spec.md = EVP_sha1();
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

/* CVE-2026-28388 */
static void delta_without_number(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    pki_drop(spec.extensions, PKI_OID_CRL_NUMBER);
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

/* What it says is in the list of its number already. */
static void delta_of_the_same_number(scene *s)
{
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_delta(s, 4, 5, revoked(8));
}

static void delta_with_unknown_critical(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    spec.entries = revoked(8);
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_spec(s, &spec);
}

static void delta_with_unknown_critical_in_an_entry(scene *s)
{
    give(s, pki_crl(s->ca, 5, revoked(6)));
    give_delta(s, 5, 6,
               PKI_JOIN(pki_entry(ANOTHER,
                                  pki_extension_der(PKI_OID_NOBODY_KNOWS, true, pki_hex("05 00"))),
                        revoked(8)));
}

static void delta_alone(scene *s)
{
    give_delta(s, 5, 6, pki_entry(ANOTHER, PKI_NOTHING));
}

/* ---- reasons and scopes ---------------------------------------------------------------------- */

static void some_reasons_only(scene *s)
{
    give_scoped(s, 1, reasons(3, KEY_COMPROMISE), PKI_NOTHING);
}

static void reasons_that_make_all(scene *s)
{
    give_scoped(s, 1, reasons(3, KEY_COMPROMISE), PKI_NOTHING);
    give_scoped(s, 2, all_reasons_but(3, KEY_COMPROMISE), PKI_NOTHING);
}

static void reasons_that_make_all_but_one(scene *s)
{
    give_scoped(s, 1, reasons(3, KEY_COMPROMISE), PKI_NOTHING);
    give_scoped(s, 2, all_reasons_but(3, KEY_COMPROMISE | CA_COMPROMISE), PKI_NOTHING);
}

static void second_reasons_revoke(scene *s)
{
    give_scoped(s, 1, reasons(3, KEY_COMPROMISE), PKI_NOTHING);
    give_scoped(s, 2, all_reasons_but(3, KEY_COMPROMISE), revoked(4));
}

static void reasons_of_the_points(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI)), reasons(1, KEY_COMPROMISE)));
    give_scoped(s, 1, full_name(uri(POINT_URI)), PKI_NOTHING);
}

static void for_users(scene *s)
{
    give_scoped(s, 1, USERS, PKI_NOTHING);
}

static void for_users_and_revoking(scene *s)
{
    give_scoped(s, 1, USERS, revoked(1));
}

static void for_cas(scene *s)
{
    give_scoped(s, 1, CAS, PKI_NOTHING);
}

/* The root's list for users says nothing of the CA. */
static void for_users_and_it_is_a_ca(scene *s)
{
    pki_crl_spec spec = pki_crl_spec_of(s->root, 2);

    set_scope(&spec, USERS);
    s->ask.crls[0] = pki_make_crl(&spec);
    give_clean(s, 1);
}

static void for_attributes(scene *s)
{
    give_scoped(s, 1, ATTRIBUTES, PKI_NOTHING);
}

static void for_users_and_cas(scene *s)
{
    give_scoped(s, 1, PKI_JOIN(USERS, CAS), PKI_NOTHING);
}

static void flag_that_is_false(scene *s)
{
    give_scoped(s, 1, PKI_BYTES("\x81\x01\x00"), PKI_NOTHING);
}

static void for_this_point(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_scoped(s, 1, full_name(uri(POINT_URI)), PKI_NOTHING);
}

static void for_this_point_and_revoking(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_scoped(s, 1, full_name(uri(POINT_URI)), revoked(1));
}

/* RFC 5280 7.4 */
static void for_the_point_written_otherwise(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_scoped(s, 1, full_name(uri("HTTP://CRL.Example.com:80/a/../%6Fne.crl")), PKI_NOTHING);
}

static void for_the_point_in_another_path_case(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_scoped(s, 1, full_name(uri("http://crl.example.com/ONE.crl")), PKI_NOTHING);
}

static void for_another_point(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_scoped(s, 1, full_name(uri("http://crl.example.com/two.crl")), PKI_NOTHING);
}

static void for_a_point_and_there_is_none(scene *s)
{
    give_scoped(s, 1, full_name(uri(POINT_URI)), PKI_NOTHING);
}

/* One of several names is enough. */
static void for_one_of_the_names(scene *s)
{
    set_points(s, PKI_SEQ(full_name(PKI_JOIN(uri("http://a.example/"), uri(POINT_URI)))));
    give_scoped(s, 1, full_name(PKI_JOIN(uri(POINT_URI), uri("http://b.example/"))), PKI_NOTHING);
}

static daotp__bytes relative_name(const char *cn)
{
    return pki_tlv(0xA0, pki_tlv(0xA1, PKI_SEQ(pki_oid("2.5.4.3"), pki_text(0x0C, cn))));
}

static void for_a_relative_name(scene *s)
{
    set_points(s, PKI_SEQ(relative_name("one")));
    give_scoped(s, 1, relative_name("one"), PKI_NOTHING);
}

/* The whole name there, the name relative to the issuer here. */
static void for_a_relative_name_and_a_whole_one(scene *s)
{
    set_points(s, PKI_SEQ(relative_name("one")));
    give_scoped(s, 1, full_name(pki_directory("O=Issuing CA,CN=one")), PKI_NOTHING);
}

/* RFC 5280 7.1 */
static void for_the_relative_name_in_capitals(scene *s)
{
    set_points(s, PKI_SEQ(relative_name("one")));
    give_scoped(s, 1, relative_name("ONE"), PKI_NOTHING);
}

static void for_another_relative_name(scene *s)
{
    set_points(s, PKI_SEQ(relative_name("one")));
    give_scoped(s, 1, relative_name("two"), PKI_NOTHING);
}

/* CVE-2023-0286: these forms are never compared. */
static void for_an_x400_address(scene *s)
{
    daotp__bytes name = pki_tlv(0xA3, pki_hex("30 00"));

    set_points(s, PKI_SEQ(full_name(name)));
    give_scoped(s, 1, full_name(name), PKI_NOTHING);
}

static void for_an_edi_party(scene *s)
{
    daotp__bytes name = pki_tlv(0xA5, pki_tlv(0xA1, PKI_TEXT(0x0C, "party")));

    set_points(s, PKI_SEQ(full_name(name)));
    give_scoped(s, 1, full_name(name), PKI_NOTHING);
}

/* CVE-2023-0286's kin: two names of different types with the same value are two names. */
static daotp__bytes other_name(const char *type)
{
    return pki_tlv(0xA0, PKI_JOIN(pki_oid(type), pki_tlv(0xA0, PKI_TEXT(0x0C, "one"))));
}

static void for_an_other_name(scene *s)
{
    set_points(s, PKI_SEQ(full_name(other_name("1.2.3.4"))));
    give_scoped(s, 1, full_name(other_name("1.2.3.4")), PKI_NOTHING);
}

static void for_an_other_name_of_another_type(scene *s)
{
    set_points(s, PKI_SEQ(full_name(other_name("1.2.3.4"))));
    give_scoped(s, 1, full_name(other_name("1.2.3.5")), PKI_NOTHING);
}

/* The second point answers where the first does not. */
static void by_the_second_point(scene *s)
{
    set_points(s, PKI_JOIN(PKI_SEQ(full_name(uri("http://crl.example.com/none.crl"))),
                           PKI_SEQ(full_name(uri(POINT_URI)))));
    give_scoped(s, 1, full_name(uri(POINT_URI)), revoked(1));
}

/* So many lists for one certificate: the last one is not forgotten. */
static void give_forty_scopes(scene *s, bool last_revokes)
{
    for (uint64_t i = 0; i < 40; i++) {
        char other[64];

        (void)snprintf(other, sizeof other, "http://crl.example.com/%u.crl", (unsigned)i);
        give_scoped(s, 1, full_name(PKI_JOIN(uri(POINT_URI), pki_text(PKI_URI, other))),
                    i == 39 && last_revokes ? revoked(1) : PKI_NOTHING);
    }
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
}

static void forty_scopes(scene *s)
{
    give_forty_scopes(s, true);
}

static void forty_clean_scopes(scene *s)
{
    give_forty_scopes(s, false);
}

/* ---- indirect lists -------------------------------------------------------------------------- */

/* Somebody, certified by the root, who signs lists for others. */
static const pki_cert *list_signer(scene *s)
{
    pki_spec spec = pki_leaf_spec(pki_key(7), s->root);
    const pki_cert *signer;

    spec.subject = "CN=List Signer";
    pki_put(spec.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_SIGN_CRL);
    pki_drop(spec.extensions, PKI_OID_EKU);
    pki_drop(spec.extensions, PKI_OID_SAN);
    signer = pki_make(&spec);
    give_cert(s, signer);
    return signer;
}

/* The leaf names who that is. */
static void name_list_signer(scene *s, const char *who)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI)), pki_tlv(0xA2, pki_directory(who))));
}

static daotp__bytes issued_by(const char *who)
{
    return pki_extension_der(PKI_OID_ENTRY_ISSUER, true, PKI_SEQ(pki_directory(who)));
}

static void give_indirect(scene *s, daotp__bytes scope, daotp__bytes entries)
{
    pki_crl_spec spec = pki_crl_spec_of(list_signer(s), 1);

    set_scope(&spec, scope);
    spec.entries = entries;
    give_spec(s, &spec);
}

static void indirect_clean(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT), PKI_NOTHING);
}

static void indirect_revokes(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT),
                  pki_entry(SERIAL, issued_by("O=Issuing CA")));
}

/* The same serial, of another issuer: named there, or carried over from the entry before. */
static void indirect_revokes_anothers(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT),
                  PKI_JOIN(pki_entry(SERIAL, issued_by(OTHERS)), revoked(1)));
}

static void indirect_carries_the_issuer(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT),
                  PKI_JOIN(pki_entry(ANOTHER, issued_by(OTHERS)),
                           pki_entry(ANOTHER, issued_by("O=Issuing CA")),
                           pki_entry(pki_number(5), PKI_NOTHING), revoked(1)));
}

static void indirect_carries_its_own(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT), revoked(1));
}

static void indirect_flag_missing(scene *s)
{
    name_list_signer(s, "CN=List Signer");
    give_indirect(s, full_name(uri(POINT_URI)), PKI_NOTHING);
}

static void indirect_not_named(scene *s)
{
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI))));
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT), PKI_NOTHING);
}

static void indirect_by_another_than_named(scene *s)
{
    name_list_signer(s, OTHERS);
    give_indirect(s, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT), PKI_NOTHING);
}

/* A point that names nothing but who signs: his name stands for the point's. */
static void name_list_signer_alone(scene *s)
{
    set_points(s, PKI_SEQ(pki_tlv(0xA2, pki_directory("CN=List Signer"))));
}

static void indirect_by_the_issuer_s_name(scene *s)
{
    name_list_signer_alone(s);
    give_indirect(s, PKI_JOIN(full_name(pki_directory("CN=List Signer")), INDIRECT), PKI_NOTHING);
}

static void indirect_by_another_name(scene *s)
{
    name_list_signer_alone(s);
    give_indirect(s, PKI_JOIN(full_name(pki_directory("O=Issuing CA")), INDIRECT), PKI_NOTHING);
}

/* Of two who sign lists for others the newer list does not stand for the older one of the other. */
static void indirect_by_two(scene *s)
{
    pki_spec second = pki_leaf_spec(pki_key(8), s->root);
    daotp__bytes scope = PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT);
    pki_crl_spec spec;

    second.subject = "CN=Second Signer";
    pki_put(second.extensions, PKI_OID_KEY_USAGE, true, PKI_KU_SIGN_CRL);
    set_points(s, PKI_SEQ(full_name(uri(POINT_URI)),
                          pki_tlv(0xA2, PKI_JOIN(pki_directory("CN=List Signer"),
                                                 pki_directory("CN=Second Signer")))));
    give_indirect(s, scope, pki_entry(SERIAL, issued_by("O=Issuing CA")));
    give_cert(s, pki_make(&second));
    spec = pki_crl_spec_of(s->ask.between[s->between - 1], 2);
    set_scope(&spec, scope);
    give_spec(s, &spec);
}

static void indirect_of_the_ca_itself(scene *s)
{
    give_scoped(s, 1, INDIRECT,
                PKI_JOIN(pki_entry(SERIAL, issued_by(OTHERS)),
                         pki_entry(SERIAL, issued_by("O=Issuing CA"))));
}

static void indirect_with_two_issuers(scene *s)
{
    daotp__bytes names = PKI_SEQ(pki_directory(OTHERS), pki_directory("O=Issuing CA"));

    give_scoped(s, 1, INDIRECT,
                pki_entry(SERIAL, pki_extension_der(PKI_OID_ENTRY_ISSUER, true, names)));
}

static void indirect_signer_is_revoked(scene *s)
{
    pki_crl_spec spec;
    const pki_cert *signer = list_signer(s);

    name_list_signer(s, "CN=List Signer");
    s->ask.crls[0] = pki_crl(s->root, 1, pki_revoke(signer, 1));
    spec = pki_crl_spec_of(signer, 1);
    set_scope(&spec, PKI_JOIN(full_name(uri(POINT_URI)), INDIRECT));
    give_spec(s, &spec);
}

/* ---- "revoked" is believed of a list that could not say "good" ------------------------------- */

static pki_crl_spec revoking_spec(const scene *s, uint64_t number)
{
    pki_crl_spec spec = spec_of(s, number);

    spec.entries = revoked(1);
    return spec;
}

/* Beside one that is in order, older and clean: it must not be enough. */
static void give_over_clean(scene *s, const pki_crl_spec *spec)
{
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
    give_spec(s, spec);
}

static void revoking_without(scene *s, const char *oid)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    pki_drop(spec.extensions, oid);
    give_over_clean(s, &spec);
}

static void revoking_without_number(scene *s)
{
    revoking_without(s, PKI_OID_CRL_NUMBER);
}

static void revoking_without_authority(scene *s)
{
    revoking_without(s, PKI_OID_AKI);
}

static void revoking_without_next_update(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    spec.next_update = 0;
    give_over_clean(s, &spec);
}

static void revoking_in_version_1(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    spec.version = 1;
    pki_drop(spec.extensions, PKI_OID_AKI);
    pki_drop(spec.extensions, PKI_OID_CRL_NUMBER);
    give_over_clean(s, &spec);
}

static void revoking_by_critical_number(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    pki_put(spec.extensions, PKI_OID_CRL_NUMBER, true, pki_integer(2));
    give_over_clean(s, &spec);
}

static void revoking_with_unknown_critical(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    give_over_clean(s, &spec);
}

static void revoking_with_unknown_critical_in_the_entry(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries =
        pki_entry(SERIAL, pki_extension_der(PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00")));
    give_over_clean(s, &spec);
}

static void revoking_under_a_wrong_key_id(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(s->root->key_id));
    give_over_clean(s, &spec);
}

static void clean_under_a_wrong_key_id(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    pki_put(spec.extensions, PKI_OID_AKI, false, pki_authority(s->root->key_id));
    give_spec(s, &spec);
}

/* removeFromCRL of somebody else in a complete list. */
static void revoking_beside_a_removal(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries = PKI_JOIN(pki_entry(ANOTHER, pki_reason(8)), revoked(1));
    give_over_clean(s, &spec);
}

/* What cannot be read in a list takes nothing from whom it names. */

static void revoking_with_extension(scene *s, const char *oid, const char *value)
{
    pki_crl_spec spec = revoking_spec(s, 2);

    pki_put(spec.extensions, oid, false, pki_hex(value));
    give_over_clean(s, &spec);
}

static void revoking_with_a_negative_number(scene *s)
{
    revoking_with_extension(s, PKI_OID_CRL_NUMBER, "02 01 FF");
}

static void revoking_with_a_number_of_21_octets(scene *s)
{
    revoking_with_extension(s, PKI_OID_CRL_NUMBER,
                            "02 15 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
}

static void revoking_with_a_number_that_is_none(scene *s)
{
    revoking_with_extension(s, PKI_OID_CRL_NUMBER, "04 01 02");
}

static void revoking_with_a_malformed_authority(scene *s)
{
    revoking_with_extension(s, PKI_OID_AKI, "30 03 81 01 00");
}

static void revoking_by_entries(scene *s, daotp__bytes entries)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries = entries;
    give_over_clean(s, &spec);
}

static void revoking_for_reason_seven(scene *s)
{
    revoking_by_entries(s, pki_entry(SERIAL, pki_reason(7)));
}

static void revoking_for_reason_ninety(scene *s)
{
    revoking_by_entries(s, pki_entry(SERIAL, pki_reason(90)));
}

static void revoking_for_a_reason_that_is_none(scene *s)
{
    revoking_by_entries(
        s, pki_entry(SERIAL, pki_extension_der(PKI_OID_REASON, false, pki_hex("02 01 08"))));
}

static void revoking_with_a_malformed_invalidity_date(scene *s)
{
    revoking_by_entries(
        s, pki_entry(SERIAL, pki_extension_der("2.5.29.24", false, pki_hex("04 01 63"))));
}

static void revoking_at_a_time_without_seconds(scene *s)
{
    revoking_by_entries(s, PKI_SEQ(pki_tlv(0x02, SERIAL), pki_tlv(0x17, PKI_BYTES("1001010000Z"))));
}

static void revoking_behind_a_malformed_entry(scene *s)
{
    revoking_by_entries(s, PKI_JOIN(pki_entry(ANOTHER, pki_reason(7)), revoked(1)));
}

static void revoking_before_an_entry_without_end(scene *s)
{
    revoking_by_entries(s, PKI_JOIN(revoked(1), PKI_SEQ(pki_tlv(0x02, ANOTHER))));
}

/* Enough entries for an index, which a list with a malformed entry does not get. */
static void revoking_in_a_long_malformed_list(scene *s)
{
    daotp__bytes entries = pki_entry(ANOTHER, pki_reason(7));

    for (unsigned i = 0; i < 20; i++)
        entries = PKI_JOIN(entries, pki_entry(pki_number(0x100 + i), PKI_NOTHING));
    revoking_by_entries(s, PKI_JOIN(entries, revoked(1)));
}

/* certificateIssuer where it should not stand: the entry is another's, or ours. */
static void entry_of_another_in_a_direct_list(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries = pki_entry(
        SERIAL, pki_extension_der(PKI_OID_ENTRY_ISSUER, true, PKI_SEQ(pki_directory(OTHERS))));
    give_over_clean(s, &spec);
}

/* So many entries that there is an index, which knows no issuers; asked twice by the table. */
static void entry_of_another_in_a_long_direct_list(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries = PKI_NOTHING;
    for (unsigned i = 0; i < 20; i++)
        spec.entries = PKI_JOIN(spec.entries, pki_entry(pki_number(0x100 + i), PKI_NOTHING));
    spec.entries = PKI_JOIN(spec.entries,
                            pki_entry(SERIAL, pki_extension_der(PKI_OID_ENTRY_ISSUER, true,
                                                                PKI_SEQ(pki_directory(OTHERS)))));
    give_over_clean(s, &spec);
}

/* A name of which a value does not decode: it is nobody's, and nobody's after it. */
static void give_undecodable_issuer(scene *s, daotp__bytes value)
{
    daotp__bytes name = PKI_SEQ(pki_tlv(0x31, PKI_SEQ(pki_oid("2.5.4.3"), value)));
    daotp__bytes issuer =
        pki_extension_der(PKI_OID_ENTRY_ISSUER, true, PKI_SEQ(pki_tlv(PKI_DIRECTORY, name)));

    give_scoped(s, 1, INDIRECT, PKI_JOIN(pki_entry(ANOTHER, issuer), revoked(1)));
}

static void entry_issuer_in_broken_utf8(scene *s)
{
    give_undecodable_issuer(s, pki_hex("0C 02 C3 28"));
}

static void entry_issuer_in_half_a_bmp_character(scene *s)
{
    give_undecodable_issuer(s, pki_hex("1E 03 00 41 00"));
}

static void entry_issuer_in_a_surrogate(scene *s)
{
    give_undecodable_issuer(s, pki_hex("1E 02 D8 00"));
}

static void entry_issuer_in_an_empty_bit_string(scene *s)
{
    give_undecodable_issuer(s, pki_hex("03 00"));
}

static void entry_issuer_in_no_string(scene *s)
{
    give_undecodable_issuer(s, pki_hex("02 01 05"));
}

static void own_entry_in_a_direct_list(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    spec.entries =
        PKI_JOIN(pki_entry(ANOTHER, pki_extension_der(PKI_OID_ENTRY_ISSUER, true,
                                                      PKI_SEQ(pki_directory("O=Issuing CA")))),
                 revoked(1));
    give_over_clean(s, &spec);
}

static void empty_scope_of_another_kind_is_no_reason(scene *s)
{
    give_clean(s, 1);
    give_scoped(s, 2, CAS, revoked(1));
}

/* Over, and a newer one, over too, no longer names it. */
static void revoked_by_a_stale_list_then_released(scene *s)
{
    give_dated(s, 1, FORGE_NOW - 9 * PKI_DAY, FORGE_NOW - 8 * PKI_DAY, true);
    give_dated(s, 2, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, false);
}

/* What is not in order takes nothing back. */
static void not_released_by_unknown_critical(scene *s)
{
    pki_crl_spec spec = spec_of(s, 2);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, true);
    give_spec(s, &spec);
}

static void not_released_by_one_to_come(scene *s)
{
    give_dated(s, 1, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, true);
    give_dated(s, 2, FORGE_NOW + 1, FORGE_NOW + PKI_DAY, false);
}

/* The CA's numbers began anew: the higher number is the older list. */
static void number_fell_and_revokes(scene *s)
{
    give_dated(s, 100, FORGE_NOW - PKI_DAY, FORGE_NOW + PKI_DAY, false);
    give_dated(s, 5, FORGE_NOW - FORGE_HOUR, FORGE_NOW + PKI_DAY, true);
}

/* A CA's two keys sign a list each, of what each of them issued. */
static void not_released_by_another_key(scene *s)
{
    const pki_cert *other = pki_ca("O=Issuing CA", pki_key(9), s->root);

    give_cert(s, other);
    give_revoking(s, 5);
    give(s, pki_crl(other, 6, PKI_NOTHING));
}

/* The second point's list, though the first point's answers for all reasons. */
static void second_point_revokes(scene *s)
{
    set_points(s, PKI_JOIN(PKI_SEQ(full_name(uri("http://crl.example.com/two.crl"))),
                           PKI_SEQ(full_name(uri(POINT_URI)))));
    give_scoped(s, 1, full_name(uri("http://crl.example.com/two.crl")), PKI_NOTHING);
    give_scoped(s, 1, full_name(uri(POINT_URI)), revoked(1));
}

static void delta_alone_revokes(scene *s)
{
    give_delta(s, 5, 6, revoked(1));
}

static void delta_alone_removes(scene *s)
{
    give_delta(s, 5, 6, revoked(8));
}

static void delta_for_a_newer_base_revokes(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 6, 7, revoked(1));
}

static void delta_without_number_revokes(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    pki_drop(spec.extensions, PKI_OID_CRL_NUMBER);
    spec.entries = revoked(1);
    spec.this_update = FORGE_NOW - FORGE_HOUR + 1;
    give_clean(s, 5);
    give_spec(s, &spec);
}

static void delta_with_unknown_critical_revokes(scene *s)
{
    pki_crl_spec spec = delta_of(s, 5, 6);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    spec.entries = revoked(1);
    give_clean(s, 5);
    give_spec(s, &spec);
}

/* A newer complete list, and a newer delta of the same base, say all that an older delta said. */
static void delta_then_released_by_the_list(scene *s)
{
    give_delta(s, 5, 6, revoked(6));
    give_clean(s, 7);
}

static void delta_then_released_by_the_delta(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 5, 6, revoked(6));
    give_delta(s, 5, 7, PKI_NOTHING);
}

/* Its base is newer than the complete list at hand, so the delta is not put upon that. */
static void delta_not_released_by_one_that_does_not_fit(scene *s)
{
    give_clean(s, 5);
    give_delta(s, 5, 6, revoked(6));
    give_delta(s, 7, 8, PKI_NOTHING);
}

/* The delta is newer than a list that is not in order. */
static void odd_list_released_by_the_delta(scene *s)
{
    pki_crl_spec spec = revoking_spec(s, 6);

    pki_put(spec.extensions, PKI_OID_NOBODY_KNOWS, true, PKI_BYTES("\x05\x00"));
    give_clean(s, 5);
    give_spec(s, &spec);
    give_delta(s, 5, 7, PKI_NOTHING);
}

/* ---- the table ------------------------------------------------------------------------------- */

typedef struct row {
    const char *name;
    void (*build)(scene *s);
    daotp_status status;
    daotp_finding_number finding;
    daotp_status filled; /* what adding the CRLs says */
    bool is_path_s;      /* accepted by path, with a warning */
} row;

#define GOOD(fn)                                                                                   \
    {                                                                                              \
#fn, fn, DAOTP_OK, 0, DAOTP_OK, false                                                      \
    }
#define BAD(fn, finding)                                                                           \
    {                                                                                              \
#fn, fn, DAOTP_REJECTED, DAOTP_FINDING_##finding, DAOTP_OK, false                          \
    }
#define UNSURE(fn, finding)                                                                        \
    {                                                                                              \
#fn, fn, DAOTP_UNDECIDED, DAOTP_FINDING_##finding, DAOTP_OK, false                         \
    }
/* A warning under path, which has RFC 5280 6.3.3 alone; not in the profile of RFC 5280 5. */
#define REMARK(fn)                                                                                 \
    {                                                                                              \
#fn, fn, DAOTP_UNDECIDED, DAOTP_FINDING_CRL_PROFILE, DAOTP_OK, true                        \
    }
/* It is not even taken. */
#define UNREAD(fn)                                                                                 \
    {                                                                                              \
#fn, fn, DAOTP_UNDECIDED, DAOTP_FINDING_CRL_MISSING, DAOTP_PEER, false                     \
    }

static const row rows[] = {
    GOOD(clean),
    GOOD(empty),
    BAD(revoking, REVOKED),
    BAD(revoking_without_reason, REVOKED),
    BAD(on_hold, REVOKED),
    BAD(with_generalized_date, REVOKED),
    UNSURE(none, CRL_MISSING),
    GOOD(serial_alike),

    UNSURE(by_another_key, CRL_SIGNATURE),
    UNSURE(altered, CRL_SIGNATURE),
    UNSURE(psychic, CRL_SIGNATURE),
    GOOD(by_namesake), /* RFC 5280 6.3.3 (f): name and anchor are the CA's; so are its lists */
    UNSURE(by_namesake_with_our_key_id, CRL_SIGNATURE),
    UNSURE(by_namesake_of_another_anchor, CRL_SIGNER),
    UNSURE(by_anchor_of_the_same_name, CRL_SIGNER),
    UNSURE(by_the_leaf, CRL_SIGNER),
    UNSURE(by_ca_without_crl_sign, CRL_SIGNER),
    GOOD(by_other_key_of_the_ca),
    UNSURE(by_revoked_other_key, CRL_SIGNER),
    UNSURE(by_expired_other_key, CRL_SIGNER),
    GOOD(by_four_in_a_row),
    UNSURE(by_five_in_a_row, CRL_SIGNER_STATUS),
    BAD(revoking_by_five_in_a_row_beside_clean, REVOKED),
    UNSURE(clean_by_key_of_unknown_status, CRL_SIGNER_STATUS),
    BAD(revoking_by_key_of_unknown_status, REVOKED),
    BAD(revoking_by_key_of_unknown_status_beside_clean, REVOKED),

    UNSURE(by_sha1, CRL_ALGORITHM),
    UNSURE(by_md5, CRL_ALGORITHM),
    UNSURE(by_algorithm_of_another_key, CRL_ALGORITHM),
    UNSURE(by_short_key, CRL_ALGORITHM),

    UNREAD(ber_inside),
    UNREAD(long_length_inside),
    UNSURE(ber_in_an_entry, CRL_ENTRIES),
    UNSURE(entry_without_date, CRL_ENTRIES),
    UNSURE(entry_with_padded_serial, CRL_ENTRIES),
    UNSURE(entry_with_reason_seven, CRL_ENTRIES),
    UNSURE(entry_with_reason_twice, CRL_ENTRIES),
    REMARK(no_entries_at_all),
    UNSURE(without_next_update, CRL_PROFILE),
    REMARK(without_number),
    REMARK(without_authority),
    REMARK(authority_without_key_id),
    UNSURE(critical_number, CRL_PROFILE),
    REMARK(critical_authority),
    REMARK(scope_of_nothing),
    REMARK(scope_not_critical),
    REMARK(critical_freshest),
    GOOD(freshest_not_critical),
    REMARK(critical_reason),
    REMARK(critical_invalidity),
    REMARK(algorithm_with_parameters),
    UNSURE(negative_number, CRL_PROFILE),
    UNSURE(number_of_21_octets, CRL_PROFILE),
    UNSURE(malformed_authority, CRL_PROFILE),
    GOOD(number_of_20_octets),
    UNREAD(number_twice),
    UNREAD(version_1_with_extensions),
    UNSURE(version_1, CRL_PROFILE),
    UNSURE(unknown_critical, CRL_CRITICAL),
    GOOD(unknown_not_critical),
    UNSURE(unknown_critical_in_an_entry, CRL_CRITICAL),
    UNSURE(issuer_of_an_entry_in_a_direct_list, CRL_PROFILE),

    UNSURE(removed_from_a_complete_list, CRL_PROFILE),
    BAD(removed_then_revoked, REVOKED),
    BAD(revoked_then_removed, REVOKED),
    BAD(listed_twice, REVOKED),

    BAD(older_clean_first, REVOKED),
    BAD(older_clean_last, REVOKED),
    GOOD(released_by_the_newer),
    BAD(same_time_higher_number_first, REVOKED),
    BAD(same_time_higher_number_last, REVOKED),
    BAD(same_number_later_revokes_first, REVOKED),
    BAD(same_number_later_revokes_last, REVOKED),
    GOOD(same_number_later_releases),
    BAD(same_in_all_but_the_entries_first, REVOKED),
    BAD(same_in_all_but_the_entries_last, REVOKED),
    GOOD(the_same_forty_times),
    GOOD(released_after_two_alike),
    BAD(newer_revoking_is_over, REVOKED),
    UNSURE(newer_clean_is_over, CRL_STALE),
    UNSURE(over, CRL_STALE),
    UNSURE(not_yet, CRL_NOT_YET),
    GOOD(not_yet_beside_a_good_one),
    BAD(not_yet_and_revoked_before, REVOKED),
    BAD(forged_clean_above_revoking, REVOKED),
    GOOD(forged_revoking_above_clean),
    BAD(numbers_of_different_length, REVOKED),

    BAD(delta_revokes, REVOKED),
    BAD(delta_revokes_unannounced, REVOKED),
    GOOD(delta_without_it),
    BAD(delta_keeps_what_was_revoked, REVOKED),
    GOOD(delta_lifts_the_hold),
    BAD(delta_lifts_then_revokes, REVOKED),
    BAD(delta_lists_twice, REVOKED),
    UNSURE(delta_is_over, CRL_STALE),
    BAD(delta_is_over_and_revokes, REVOKED),
    BAD(delta_for_a_newer_base, REVOKED),
    BAD(delta_by_other_key_of_the_ca, REVOKED),
    BAD(delta_older_than_the_list, REVOKED),
    BAD(delta_of_another_scope, REVOKED),
    BAD(delta_by_another_key, REVOKED),
    BAD(delta_by_sha1, REVOKED),
    BAD(delta_without_number, REVOKED),
    BAD(delta_of_the_same_number, REVOKED),
    BAD(delta_with_unknown_critical, REVOKED),
    BAD(delta_with_unknown_critical_in_an_entry, REVOKED),
    UNSURE(delta_alone, CRL_SCOPE),

    UNSURE(some_reasons_only, CRL_REASONS),
    GOOD(reasons_that_make_all),
    UNSURE(reasons_that_make_all_but_one, CRL_REASONS),
    BAD(second_reasons_revoke, REVOKED),
    UNSURE(reasons_of_the_points, CRL_REASONS),
    GOOD(for_users),
    BAD(for_users_and_revoking, REVOKED),
    UNSURE(for_cas, CRL_SCOPE),
    UNSURE(for_users_and_it_is_a_ca, CRL_SCOPE),
    UNSURE(for_attributes, CRL_SCOPE),
    UNREAD(for_users_and_cas),
    UNREAD(flag_that_is_false),
    GOOD(for_this_point),
    BAD(for_this_point_and_revoking, REVOKED),
    UNSURE(for_another_point, CRL_SCOPE),
    GOOD(for_the_point_written_otherwise),
    UNSURE(for_the_point_in_another_path_case, CRL_SCOPE),
    GOOD(for_the_relative_name_in_capitals),
    UNSURE(for_a_point_and_there_is_none, CRL_SCOPE),
    GOOD(for_one_of_the_names),
    GOOD(for_a_relative_name),
    GOOD(for_a_relative_name_and_a_whole_one),
    UNSURE(for_another_relative_name, CRL_SCOPE),
    UNSURE(for_an_x400_address, CRL_SCOPE),
    UNSURE(for_an_edi_party, CRL_SCOPE),
    GOOD(for_an_other_name),
    UNSURE(for_an_other_name_of_another_type, CRL_SCOPE),
    BAD(by_the_second_point, REVOKED),
    BAD(forty_scopes, REVOKED),
    UNSURE(forty_clean_scopes, CHAIN_BUDGET),

    GOOD(indirect_clean),
    BAD(indirect_revokes, REVOKED),
    GOOD(indirect_revokes_anothers),
    BAD(indirect_carries_the_issuer, REVOKED),
    GOOD(indirect_carries_its_own),
    UNSURE(indirect_flag_missing, CRL_MISSING),
    UNSURE(indirect_not_named, CRL_MISSING),
    UNSURE(indirect_by_another_than_named, CRL_MISSING),
    GOOD(indirect_by_the_issuer_s_name),
    UNSURE(indirect_by_another_name, CRL_MISSING),
    BAD(indirect_by_two, REVOKED),
    BAD(indirect_of_the_ca_itself, REVOKED),
    UNSURE(indirect_with_two_issuers, CRL_ENTRIES),
    UNSURE(indirect_signer_is_revoked, CRL_SIGNER),

    BAD(revoking_without_number, REVOKED),
    BAD(revoking_without_authority, REVOKED),
    BAD(revoking_without_next_update, REVOKED),
    BAD(revoking_in_version_1, REVOKED),
    BAD(revoking_by_critical_number, REVOKED),
    BAD(revoking_with_unknown_critical, REVOKED),
    BAD(revoking_with_unknown_critical_in_the_entry, REVOKED),
    BAD(revoking_under_a_wrong_key_id, REVOKED),
    UNSURE(clean_under_a_wrong_key_id, CRL_SIGNER),
    BAD(revoking_beside_a_removal, REVOKED),
    BAD(revoking_with_a_negative_number, REVOKED),
    BAD(revoking_with_a_number_of_21_octets, REVOKED),
    BAD(revoking_with_a_number_that_is_none, REVOKED),
    BAD(revoking_with_a_malformed_authority, REVOKED),
    BAD(revoking_for_reason_seven, REVOKED),
    BAD(revoking_for_reason_ninety, REVOKED),
    BAD(revoking_for_a_reason_that_is_none, REVOKED),
    BAD(revoking_with_a_malformed_invalidity_date, REVOKED),
    BAD(revoking_at_a_time_without_seconds, REVOKED),
    BAD(revoking_behind_a_malformed_entry, REVOKED),
    BAD(revoking_before_an_entry_without_end, REVOKED),
    BAD(revoking_in_a_long_malformed_list, REVOKED),
    GOOD(entry_of_another_in_a_direct_list),
    GOOD(entry_of_another_in_a_long_direct_list),
    UNSURE(entry_issuer_in_broken_utf8, CRL_ENTRIES),
    UNSURE(entry_issuer_in_half_a_bmp_character, CRL_ENTRIES),
    UNSURE(entry_issuer_in_a_surrogate, CRL_ENTRIES),
    UNSURE(entry_issuer_in_an_empty_bit_string, CRL_ENTRIES),
    UNSURE(entry_issuer_in_no_string, CRL_ENTRIES),
    BAD(own_entry_in_a_direct_list, REVOKED),
    GOOD(empty_scope_of_another_kind_is_no_reason),
    GOOD(revoked_by_a_stale_list_then_released),
    BAD(not_released_by_unknown_critical, REVOKED),
    BAD(not_released_by_one_to_come, REVOKED),
    BAD(number_fell_and_revokes, REVOKED),
    BAD(not_released_by_another_key, REVOKED),
    BAD(second_point_revokes, REVOKED),
    BAD(delta_alone_revokes, REVOKED),
    UNSURE(delta_alone_removes, CRL_SCOPE),
    BAD(delta_for_a_newer_base_revokes, REVOKED),
    BAD(delta_without_number_revokes, REVOKED),
    BAD(delta_with_unknown_critical_revokes, REVOKED),
    GOOD(delta_then_released_by_the_list),
    GOOD(delta_then_released_by_the_delta),
    BAD(delta_not_released_by_one_that_does_not_fit, REVOKED),
    GOOD(odd_list_released_by_the_delta),
};

static void make_scene(scene *s)
{
    *s = (scene){.root = pki_ca("CN=Root", pki_key(0), NULL)};
    s->ca = pki_ca("O=Issuing CA", pki_key(1), s->root);
    s->leaf = pki_leaf_spec(pki_key(2), s->ca);
    s->leaf.serial = SERIAL;
    s->ask.anchors[0] = s->root;
    s->ask.revocation = DAOTP_REVOCATION_REQUIRE;
    give_cert(s, s->ca);
    give(s, pki_crl(s->root, 1, PKI_NOTHING));
}

/* What cannot be read or is not known is named, with its rule. */
static void expect_found(const row *one)
{
    const char *found = daotp_finding_get_found(pki_find(one->finding, NULL));

    if ((strstr(found, "RFC 5280 5") == NULL && strstr(found, "X.690") == NULL) ||
        (one->finding == DAOTP_FINDING_CRL_ENTRIES && strstr(found, ", octet ") == NULL))
        fail_msg("%s: %s", one->name, found);
}

/* The leaf is judged; the lists are the verifier's, or the trust's. */
static void judge(const row *one, daotp_rules rules, bool by_trust)
{
    scene *s = pki_get(sizeof *s);

    make_scene(s);
    one->build(s);
    s->ask.rules = rules;
    s->ask.by_trust = by_trust;
    if (one->is_path_s && rules == DAOTP_RULES_PATH)
        pki_expect(&s->ask, pki_make(&s->leaf), DAOTP_OK, DAOTP_FINDING_CRL_PROFILE_TAKEN);
    else
        pki_expect(&s->ask, pki_make(&s->leaf), one->status, one->finding);
    assert_int_equal(pki_last.filled, one->filled);
    if (one->finding == DAOTP_FINDING_CRL_ENTRIES || one->finding == DAOTP_FINDING_CRL_CRITICAL)
        expect_found(one);
    if (one->status != DAOTP_REJECTED && one->finding != DAOTP_FINDING_CHAIN_BUDGET)
        return;
    s->ask.revocation = DAOTP_REVOCATION_PREFER;
    pki_expect(&s->ask, pki_make(&s->leaf), one->status, one->finding);
}

static void crl_is_judged(void **state)
{
    for (int rules = DAOTP_RULES_PATH; rules <= DAOTP_RULES_WEBPKI; rules++)
        judge(*state, (daotp_rules)rules, false);
    judge(*state, DAOTP_RULES_STRICT, true);
}

int main(void)
{
    enum { COUNT = sizeof rows / sizeof rows[0] };
    struct CMUnitTest tests[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest)PKI_ROW(rows[i].name, crl_is_judged, &rows[i]);
    return cmocka_run_group_tests(tests, NULL, pki_end_group);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/scope.h"

#include "x509/name_match.h"

static bool has_directory_name(daotp__bytes names, daotp__bytes wanted)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__DER_CONTEXT_CONSTRUCTED(4) &&
            daotp__name_equal(name.content, wanted))
            return true;
    return false;
}

/* x400Address and ediPartyName are never compared: nobody does that right. */
static bool names_equal(const daotp__general_name *a, const daotp__general_name *b)
{
    if (a->tag != b->tag || a->tag == DAOTP__DER_CONTEXT_CONSTRUCTED(3) ||
        a->tag == DAOTP__DER_CONTEXT_CONSTRUCTED(5))
        return false;
    if (a->tag == DAOTP__DER_CONTEXT_CONSTRUCTED(4))
        return daotp__name_equal(a->content, b->content);
    return daotp__bytes_equal(a->type, b->type) && daotp__bytes_equal(a->content, b->content);
}

static bool share_name(daotp__bytes a, daotp__bytes b)
{
    daotp__general_name left, right;

    while (a.len > 0 && daotp__san_next(&a, &left)) {
        daotp__bytes in = b;

        while (in.len > 0 && daotp__san_next(&in, &right))
            if (names_equal(&left, &right))
                return true;
    }
    return false;
}

/* Is one of the names the issuer with the relative name behind it? */
static bool has_relative(daotp__bytes names, daotp__bytes issuer, daotp__bytes relative)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__DER_CONTEXT_CONSTRUCTED(4) &&
            daotp__name_equal_relative(name.content, issuer, relative))
            return true;
    return false;
}

static bool relatives_equal(daotp__bytes a, daotp__bytes b)
{
    return daotp__bytes_equal(a, b);
}

/* Do the CRL's distribution point and the certificate's share a name? */
static bool point_matches(const daotp__crl *crl, const daotp__node *node, const daotp__point *point)
{
    const daotp__point_name *scope = &crl->scope, *name = &point->name;

    if (scope->full.len == 0 && scope->relative.len == 0)
        return true;                                      /* it names none, so it answers for any */
    if (name->full.len == 0 && name->relative.len == 0) { /* the issuer itself stands for one */
        if (point->issuer.len > 0)
            return share_name(scope->full, point->issuer);
        return has_directory_name(scope->full, node->certificate.issuer);
    }
    if (name->full.len > 0)
        return scope->full.len > 0 ? share_name(scope->full, name->full)
                                   : has_relative(name->full, crl->issuer, scope->relative);
    return scope->full.len > 0 ? has_relative(scope->full, crl->issuer, name->relative)
                               : relatives_equal(scope->relative, name->relative);
}

bool daotp__scope_covers(const daotp__crl *crl, const daotp__node *node, const daotp__point *point,
                         unsigned *reasons)
{
    if (point->issuer.len > 0) {
        if (!has_directory_name(point->issuer, crl->issuer) ||
            (!crl->is_indirect && !daotp__name_equal(crl->issuer, node->certificate.issuer)))
            return false;
    } else if (!daotp__name_equal(crl->issuer, node->certificate.issuer)) {
        return false;
    }
    if (crl->has_scope && (!point_matches(crl, node, point) || crl->only_attributes ||
                           (crl->only_users && node->is_ca) || (crl->only_cas && !node->is_ca)))
        return false;
    *reasons = point->reasons & crl->reasons & DAOTP__REASONS_ALL;
    return *reasons != 0;
}

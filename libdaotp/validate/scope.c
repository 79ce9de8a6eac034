/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/scope.h"

#include "x509/name.h"
#include "x509/name_match.h"
#include "x509/uri_match.h"

static bool has_directory_name(daotp__bytes names, daotp__bytes wanted)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__GENERAL_NAME_DIRECTORY && daotp__name_equal(name.content, wanted))
            return true;
    return false;
}

/* Whether one of the names is the issuer with the relative name appended. */
static bool has_relative(daotp__bytes names, daotp__bytes issuer, daotp__bytes relative)
{
    daotp__general_name name;

    while (names.len > 0 && daotp__san_next(&names, &name))
        if (name.tag == DAOTP__GENERAL_NAME_DIRECTORY &&
            daotp__name_equal_relative(name.content, issuer, relative))
            return true;
    return false;
}

/* Whether the CRL's distribution point and that of the certificate have a name in common. */
static bool point_matches(const daotp__crl *crl, const daotp__node *node,
                          const daotp__crl_dp *point)
{
    const daotp__crl_dp_name *scope = &crl->scope, *name = &point->name;

    if (scope->full.len == 0 && scope->relative.len == 0)
        return true; /* the CRL names no distribution point, so it covers all */
    if (name->full.len == 0 &&
        name->relative.len == 0) { /* the cRLIssuer counts as a name of the point */
        if (point->issuer.len > 0)
            return daotp__general_names_share(scope->full, point->issuer);
        return has_directory_name(scope->full, node->certificate.issuer);
    }
    if (name->full.len > 0)
        return scope->full.len > 0 ? daotp__general_names_share(scope->full, name->full)
                                   : has_relative(name->full, crl->issuer, scope->relative);
    return scope->full.len > 0 ? has_relative(scope->full, crl->issuer, name->relative)
                               : daotp__relative_name_equal(scope->relative, name->relative);
}

/* Whether the CRL's issuer is the cRLIssuer of the distribution point, or the certificate's
 * issuer if there is none. */
static bool is_of_issuer(const daotp__crl *crl, const daotp__node *node, const daotp__crl_dp *point)
{
    bool is_own = daotp__name_equal(crl->issuer, node->certificate.issuer);

    if (point->issuer.len == 0)
        return is_own;
    return has_directory_name(point->issuer, crl->issuer) && (crl->is_indirect || is_own);
}

/* The kind of certificates that the CRL excludes, if this certificate is of that kind; otherwise
 * NULL. */
static const char *excluded_kind(const daotp__crl *crl, const daotp__node *node)
{
    if (crl->only_attributes)
        return "attribute certificates only";
    if (crl->only_users && node->is_ca)
        return "user certificates only; this is a CA's";
    return crl->only_cas && !node->is_ca ? "CA certificates only; this is none" : NULL;
}

bool daotp__scope_covers(const daotp__crl *crl, const daotp__node *node, const daotp__crl_dp *point,
                         unsigned *reasons)
{
    if (!is_of_issuer(crl, node, point) ||
        (crl->has_scope && (!point_matches(crl, node, point) || excluded_kind(crl, node) != NULL)))
        return false;
    *reasons = point->reasons & crl->reasons & DAOTP__REASONS_ALL;
    return *reasons != 0;
}

/* ---- why not --------------------------------------------------------------------------------- */

static void put_point_name(const daotp__crl_dp_name *name, daotp__buffer *out)
{
    daotp__bytes names = name->full;
    daotp__general_name one;

    if (names.len == 0)
        daotp__buffer_text(out, name->relative.len > 0 ? "a name relative to the issuer" : "none");
    while (names.len > 0 && daotp__san_next(&names, &one)) {
        if (one.tag == DAOTP__GENERAL_NAME_URI)
            daotp__buffer_add(out, one.content.data, one.content.len);
        else if (one.tag != DAOTP__GENERAL_NAME_DIRECTORY || !daotp__name_text(one.content, out))
            daotp__buffer_text(out, "a name of another form");
        if (names.len > 0)
            daotp__buffer_text(out, ", ");
    }
}

static void put_points(const daotp__node *node, daotp__buffer *out)
{
    const char *between = "";
    daotp__crl_dp point;
    daotp__bytes in;

    if (node->crl_dps == NULL || !daotp__crl_dps_begin(node->crl_dps, &in)) {
        daotp__buffer_text(out, "none");
        return;
    }
    while (in.len > 0 && daotp__crl_dps_next(&in, &point)) {
        daotp__buffer_text(out, between);
        put_point_name(&point.name, out);
        between = ", ";
    }
}

void daotp__scope_explain(const daotp__crl *crl, const daotp__node *node, daotp__buffer *out)
{
    const char *kind = crl->has_scope ? excluded_kind(crl, node) : NULL;

    daotp__buffer_text(out, "its scope is ");
    if (kind != NULL) {
        daotp__buffer_text(out, kind);
    } else if (crl->scope.full.len + crl->scope.relative.len > 0) {
        daotp__buffer_text(out, "the distribution point ");
        put_point_name(&crl->scope, out);
        daotp__buffer_text(out, "; those of the certificate: ");
        put_points(node, out);
    } else {
        daotp__buffer_text(out, "another than the certificate's distribution points ask for");
    }
    if (crl->reasons != DAOTP__REASONS_ALL)
        daotp__buffer_text(out, "; it answers for some reasons only");
}

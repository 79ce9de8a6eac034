/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_html.h"

#include "redaction.h"

#include <stdlib.h>
#include <string.h>

/* No script, no picture, no font, no network: the policy forbids what is not written here. */
static const char head[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<title>daotp doctor</title>\n"
    "<style>\n"
    ":root{color-scheme:light}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:60rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;"
    "color:#1a1a1a;background:#fff;overflow-wrap:anywhere}\n"
    "h1{font-size:1.5rem;line-height:1.25}h2{font-size:1.15rem;margin:0}h3{font-size:1rem;"
    "margin:.75rem 0 .25rem}\n"
    "a{color:#0645ad}a:focus-visible,summary:focus-visible{outline:3px solid #0645ad;"
    "outline-offset:2px}\n"
    ".verdict{border-left:.4rem solid #555;padding:.5rem 1rem;background:#f3f3f3}\n"
    ".verdict.fail{border-color:#b00020}.verdict.pass{border-color:#1b6e2e}\n"
    ".pipe{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:1rem 0;padding:0}\n"
    ".pipe a{display:block;border:2px solid #555;border-radius:.4rem;padding:.3rem .6rem;"
    "text-decoration:none;color:#1a1a1a;min-height:2.75rem}\n"
    ".pipe small{display:block}\n"
    ".pipe .pass{border-color:#1b6e2e}.pipe .warn{border-color:#8a5a00;border-style:dashed}\n"
    ".pipe .fail{border-color:#b00020;border-width:4px;background:#fdecee}\n"
    ".pipe .undecided{border-color:#5b3a8c;border-style:dotted}.pipe .skipped{border-style:dotted;"
    "background:#f3f3f3}\n"
    "section{border-top:1px solid #bbb;padding:.75rem 0;break-inside:avoid}\n"
    ".state{font-weight:700}.state.fail{color:#b00020}.state.pass{color:#1b6e2e}"
    ".state.warn{color:#7a4f00}.state.undecided{color:#5b3a8c}.state.skipped{color:#4d4d4d}\n"
    "dl{display:grid;grid-template-columns:minmax(5rem,8rem) 1fr;gap:.2rem .75rem;margin:.25rem 0}"
    "dt{color:#4d4d4d}dd{margin:0}\n"
    "summary{cursor:pointer;padding:.5rem 0}\n"
    ".tree,.tree ul{list-style:none;padding-left:1rem;border-left:2px solid #bbb;margin:.25rem 0}\n"
    "meter{width:100%;max-width:20rem;height:1rem}\n"
    "@media(max-width:30rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}}\n"
    "@media print{body{max-width:none;padding:0}a{color:inherit}details>*{display:block}"
    ".pipe a{border-width:1px}}\n"
    "</style>\n"
    "</head>\n"
    "<body>\n"
    "<main>\n";

typedef struct html_page {
    FILE *to;
    const daotp_doctor *doctor;
    int64_t now_s;
    redaction *names; /* NULL: nothing is redacted */
    bool failed;
} html_page;

/* ---- text ------------------------------------------------------------------------------------ */

static void put_escaped(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        case '\'':
            fputs("&#39;", to);
            break;
        default:
            fputc(*text, to);
        }
}

typedef char *redact_fn(redaction *names, const char *text);

static void put_redacted(html_page *page, const char *text, redact_fn *redact)
{
    char *copy;

    if (page->names == NULL) {
        put_escaped(page->to, text);
        return;
    }
    copy = redact(page->names, text);
    page->failed = page->failed || copy == NULL;
    if (copy != NULL)
        put_escaped(page->to, copy);
    free(copy);
}

static void put_subject(html_page *page, const char *text)
{
    put_redacted(page, text, redaction_whole);
}

static void put_found(html_page *page, const char *text)
{
    put_redacted(page, text, redaction_apply);
}

static const char *state_of_row(const html_page *page, size_t row)
{
    return daotp_probe_state_name(daotp_doctor_get_state(page->doctor, row));
}

/* ---- the verdict, and the pipeline ----------------------------------------------------------- */

static const daotp_finding *finding_to_tell(const html_page *page, size_t row)
{
    const daotp_report *report = daotp_doctor_get_row_report(page->doctor, row);
    const daotp_finding *cause = daotp_report_get_cause(report);

    return cause != NULL ? cause : daotp_report_get_error(report);
}

static void put_verdict(html_page *page)
{
    size_t row = 0, count = daotp_doctor_get_count(page->doctor);
    daotp_finding_number number;
    daotp_status status;

    status = daotp_doctor_finish(page->doctor, &row);
    if (row == count && status == DAOTP_OK) {
        fputs("<div class=\"verdict pass\"><h1>Nothing is wrong that can be seen here</h1></div>\n",
              page->to);
        return;
    }
    if (row == count) { /* the run ended before its rows did */
        fprintf(page->to, "<div class=\"verdict\"><h1>No verdict: %s</h1></div>\n",
                daotp_status_name(status));
        return;
    }
    number = daotp_finding_get_number(finding_to_tell(page, row));
    fprintf(page->to,
            "<div class=\"verdict fail\"><h1>%s: ", daotp_doctor_get_name(page->doctor, row));
    put_escaped(page->to, daotp_catalogue_get_title(number));
    fprintf(page->to,
            "</h1>\n<p><strong>%s.</strong> What to do: ", daotp_catalogue_get_id(number));
    put_escaped(page->to, daotp_catalogue_get_hint(number));
    fprintf(page->to, ".</p>\n<p><a href=\"#row-%zu\">To the row</a></p></div>\n", row);
}

static void put_pipeline(html_page *page)
{
    size_t count = daotp_doctor_get_count(page->doctor);

    fputs("<nav aria-label=\"The stages\"><ol class=\"pipe\">\n", page->to);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->to, "<li><a class=\"%s\" href=\"#row-%zu\">", state_of_row(page, i), i);
        put_escaped(page->to, daotp_doctor_get_name(page->doctor, i));
        fprintf(page->to, "<small>%s</small></a></li>\n", state_of_row(page, i));
    }
    fputs("</ol></nav>\n", page->to);
}

/* ---- times to expiry ------------------------------------------------------------------------- */

enum { BAR_DAYS = 90, SOON_DAYS = 9, DAY_S = 86400 };

static bool is_of_certificate(daotp_finding_number number)
{
    return number == DAOTP_FINDING_CERTIFICATE_ENDS ||
           number == DAOTP_FINDING_CERTIFICATE_ENDS_SOON;
}

static bool is_of_expiry(daotp_finding_number number)
{
    return is_of_certificate(number) || number == DAOTP_FINDING_CRL_ENDS ||
           number == DAOTP_FINDING_CRL_ENDS_SOON;
}

static void put_bar(html_page *page, const daotp_finding *finding)
{
    int64_t days = (daotp_finding_get_upstream(finding) - page->now_s) / DAY_S;
    int64_t shown = days;

    if (shown > BAR_DAYS)
        shown = BAR_DAYS;
    put_subject(page, daotp_finding_get_subject(finding));
    fprintf(page->to,
            "<br><meter min=\"0\" max=\"%d\" low=\"%d\" optimum=\"%d\" value=\"%lld\" "
            "aria-label=\"days left, of %d at most\">%lld days</meter> ",
            (int)BAR_DAYS, (int)SOON_DAYS, (int)BAR_DAYS, (long long)shown, (int)BAR_DAYS,
            (long long)days);
    put_escaped(page->to, daotp_finding_get_found(finding));
}

/* The chain, the root outermost: each certificate stands below the one that issued it. */
static void put_chain(html_page *page, const daotp_report *report)
{
    size_t depth = 0;

    for (size_t i = daotp_report_get_count(report); i > 0; i--) {
        const daotp_finding *finding = daotp_report_get_finding(report, i - 1);

        if (!is_of_certificate(daotp_finding_get_number(finding)))
            continue;
        fprintf(page->to, "<ul%s><li>", depth == 0 ? " class=\"tree\"" : "");
        put_bar(page, finding);
        depth++;
    }
    for (; depth > 0; depth--)
        fputs("</li></ul>", page->to);
    fputs("\n", page->to);
}

static void put_lists(html_page *page, const daotp_report *report)
{
    for (size_t i = 0; i < daotp_report_get_count(report); i++) {
        const daotp_finding *finding = daotp_report_get_finding(report, i);
        daotp_finding_number number = daotp_finding_get_number(finding);

        if (!is_of_expiry(number) || is_of_certificate(number))
            continue;
        fputs("<p>", page->to);
        put_bar(page, finding);
        fputs("</p>\n", page->to);
    }
}

/* ---- a row ----------------------------------------------------------------------------------- */

static void put_term(html_page *page, const char *term, const char *text)
{
    if (*text == '\0')
        return;
    fprintf(page->to, "<dt>%s</dt><dd>", term);
    put_escaped(page->to, text);
    fputs("</dd>", page->to);
}

static void put_finding(html_page *page, const daotp_finding *finding)
{
    daotp_finding_number number = daotp_finding_get_number(finding);

    fprintf(page->to, "<h3>%s %s</h3>\n<dl>",
            daotp_severity_name(daotp_finding_get_severity(finding)),
            daotp_catalogue_get_id(number));
    put_term(page, "what", daotp_catalogue_get_title(number));
    if (*daotp_finding_get_subject(finding) != '\0') {
        fputs("<dt>looked at</dt><dd>", page->to);
        put_subject(page, daotp_finding_get_subject(finding));
        fputs("</dd>", page->to);
    }
    if (*daotp_finding_get_found(finding) != '\0') {
        fputs("<dt>found</dt><dd>", page->to);
        put_found(page, daotp_finding_get_found(finding));
        fputs("</dd>", page->to);
    }
    if (daotp_finding_get_severity(finding) != DAOTP_SEVERITY_INFORMATION) {
        put_term(page, "wanted", daotp_catalogue_get_wanted(number));
        put_term(page, "do", daotp_catalogue_get_hint(number));
        put_term(page, "source", daotp_catalogue_get_source(number));
    }
    fputs("</dl>\n", page->to);
}

static void put_evidence(html_page *page, size_t row)
{
    const daotp_report *report = daotp_doctor_get_row_report(page->doctor, row);
    daotp_probe_state state = daotp_doctor_get_state(page->doctor, row);
    bool is_open = state == DAOTP_PROBE_FAILED || state == DAOTP_PROBE_UNDECIDED;
    size_t count = daotp_report_get_count(report);

    put_chain(page, report);
    put_lists(page, report);
    if (count == 0)
        return;
    fprintf(page->to, "<details%s><summary>Evidence of %s: %zu findings</summary>\n",
            is_open ? " open" : "", daotp_doctor_get_name(page->doctor, row), count);
    for (size_t i = 0; i < count; i++)
        put_finding(page, daotp_report_get_finding(report, i));
    fputs("</details>\n", page->to);
}

static void put_row(html_page *page, size_t row)
{
    size_t blocker = daotp_doctor_get_blocker(page->doctor, row);

    fprintf(page->to, "<section id=\"row-%zu\"><h2>", row);
    put_escaped(page->to, daotp_doctor_get_name(page->doctor, row));
    fprintf(page->to, ": <span class=\"state %s\">%s</span></h2>\n<p>", state_of_row(page, row),
            state_of_row(page, row));
    put_escaped(page->to, daotp_doctor_get_title(page->doctor, row));
    if (*daotp_doctor_get_subject(page->doctor, row) != '\0') {
        fputs(": ", page->to);
        put_subject(page, daotp_doctor_get_subject(page->doctor, row));
    }
    if (blocker < daotp_doctor_get_count(page->doctor))
        fprintf(page->to, "; blocked by <a href=\"#row-%zu\">%s</a>", blocker,
                daotp_doctor_get_name(page->doctor, blocker));
    if (daotp_doctor_get_ms(page->doctor, row) >= 0)
        fprintf(page->to, "; %lld ms", (long long)daotp_doctor_get_ms(page->doctor, row));
    fputs("</p>\n", page->to);
    put_evidence(page, row);
    fputs("</section>\n", page->to);
}

bool doctor_html_write(FILE *to, const daotp_doctor *doctor, int64_t now_s, bool redact)
{
    html_page page = {.to = to, .doctor = doctor, .now_s = now_s};

    if (redact)
        page.names = redaction_new();
    if (redact && page.names == NULL)
        return false;
    fputs(head, to);
    put_verdict(&page);
    put_pipeline(&page);
    for (size_t i = 0; i < daotp_doctor_get_count(doctor); i++)
        put_row(&page, i);
    fprintf(to,
            "</main>\n<footer><p>daotp %s. Bars end at %d days.</p></footer>\n</body>\n</html>\n",
            daotp_version(), (int)BAR_DAYS);
    redaction_free(page.names);
    return fflush(to) == 0 && ferror(to) == 0 && !page.failed;
}

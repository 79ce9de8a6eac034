/* SPDX-License-Identifier: BSD-2-Clause */
#include "builders.h"
#include "memory_marks.h"

#include "xml/xml.h"

enum { MAX = 64 * 1024 };

static daotp_status read_bytes(daotp__bytes in, size_t max, daotp__xml_node **root)
{
    daotp__xml_fault fault = {.rule = NULL};
    daotp_status status = daotp__xml_read(in, max, root, &fault);

    assert_non_null(fault.rule);
    assert_int_equal(*root != NULL, status == DAOTP_OK);
    assert_int_equal(*fault.rule == '\0', status == DAOTP_OK);
    return status;
}

static daotp__xml_node *tree(const char *text)
{
    daotp__xml_node *root;

    if (read_bytes(text_bytes(text), MAX, &root) != DAOTP_OK)
        fail_msg("%s", text);
    return root;
}

static bool accepts(daotp__bytes in)
{
    daotp__xml_node *root;
    bool ok = read_bytes(in, MAX, &root) == DAOTP_OK;

    daotp__xml_free(root);
    return ok;
}

static void elements_nest_and_keep_their_order(void **state)
{
    daotp__xml_node *root = tree("<?xml version=\"1.0\"?>\n<!-- c --><a><b/>x<c>y</c><b i='2'/>"
                                 "<![CDATA[<z>]]></a>\n<!-- d -->\n");

    (void)state;
    assert_true(daotp__xml_is(root, "", "a"));
    assert_null(root->parent);
    assert_true(daotp__xml_is(root->first, "", "b"));
    assert_ptr_equal(root->first->parent, root);
    assert_true(daotp__xml_is(root->first->next, "", "c"));
    assert_null(root->last->next);
    assert_bytes_equal(daotp__buffer_bytes(&root->text), BYTES("x<z>"));
    assert_bytes_equal(daotp__xml_text(root->first->next), BYTES("y"));
    assert_ptr_equal(daotp__xml_child(root, "", "b"), root->first);
    assert_ptr_equal(daotp__xml_sibling(root->first, "", "b"), root->last);
    assert_null(daotp__xml_sibling(root->last, "", "b"));
    assert_null(daotp__xml_child(root, "", "z"));
    assert_null(daotp__xml_child(NULL, "", "a"));
    daotp__xml_free(root);
    daotp__xml_free(NULL);
}

static void names_are_compared_with_their_namespace(void **state)
{
    daotp__xml_node *root = tree("<a xmlns='urn:1' xmlns:p='urn:2' x='1' p:x='2'>"
                                 "<p:a/><a xmlns=''/><a xmlns='urn:2'/></a>");

    (void)state;
    assert_true(daotp__xml_is(root, "urn:1", "a"));
    assert_false(daotp__xml_is(root, "", "a"));
    assert_string_equal(daotp__xml_get(root, "", "x")->value, "1");
    assert_string_equal(daotp__xml_get(root, "urn:2", "x")->value, "2");
    assert_null(daotp__xml_get(root, "urn:1", "x")); /* the default is not for attributes */
    assert_null(daotp__xml_get(root, "", "y"));
    assert_ptr_equal(daotp__xml_child(root, "urn:2", "a"), root->first);
    assert_ptr_equal(daotp__xml_child(root, "", "a"), root->first->next);
    assert_ptr_equal(daotp__xml_sibling(root->first->next, "urn:2", "a"), root->last);
    daotp__xml_free(root);
}

static void a_descendant_is_found_in_document_order(void **state)
{
    daotp__xml_node *root = tree("<a><b><c><x i='1'/></c></b><x i='2'/></a>");

    (void)state;
    assert_string_equal(daotp__xml_get(daotp__xml_find(root, "", "x"), "", "i")->value, "1");
    assert_null(daotp__xml_find(root, "", "a"));
    assert_null(daotp__xml_find(NULL, "", "a"));
    daotp__xml_free(root);
}

static void text_is_trimmed_of_white_space_alone(void **state)
{
    daotp__xml_node *root = tree("<a><b> \t\r\n x  y\n</b><c> \n </c><d/><e>\xC2\xA0z</e></a>");

    (void)state;
    assert_bytes_equal(daotp__xml_text(daotp__xml_child(root, "", "b")), BYTES("x  y"));
    assert_int_equal(daotp__xml_text(daotp__xml_child(root, "", "c")).len, 0);
    assert_int_equal(daotp__xml_text(daotp__xml_child(root, "", "d")).len, 0);
    assert_bytes_equal(daotp__xml_text(daotp__xml_child(root, "", "e")), BYTES("\xC2\xA0z"));
    assert_int_equal(daotp__xml_text(NULL).len, 0);
    daotp__xml_free(root);
}

/* XML 1.0 3.3.3: what stands bare becomes a blank, what stands as a reference stays. */
static void attribute_values_are_normalised(void **state)
{
    daotp__xml_node *root = tree("<a x='1\n2\t3' y='1&#xA;2&#9;3' z='&amp;&lt;&gt;&quot;&apos;'/>");

    (void)state;
    assert_string_equal(daotp__xml_get(root, "", "x")->value, "1 2 3");
    assert_string_equal(daotp__xml_get(root, "", "y")->value, "1\n2\t3");
    assert_string_equal(daotp__xml_get(root, "", "z")->value, "&<>\"'");
    assert_int_equal(daotp__xml_get(root, "", "y")->value_len, 5);
    daotp__xml_free(root);
}

static void what_is_not_well_formed_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        " ",
        "x",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a x=1/>",
        "<a x='1' x='2'/>",
        "<a x='<'/>",
        "<a>&</a>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#xFFFE;</a>",
        "<a>\x01</a>",
        "<a>\xFF</a>",
        "<a>\xC3</a>",
        "<a>\xED\xA0\x80</a>",
        "<p:a/>",
        "<a p:x='1'/>",
        "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
        "<a xmlns:p=''/>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<?xml version='1.0'?>",
        " <?xml version='1.0'?><a/>",
        "<a/><?xml version='1.0'?>",
        "<a b/>",
        "<1/>",
        "<a/",
        "<a><![CDATA[</a>",
        "<?xml version='1.0' encoding='no-such'?><a/>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (accepts(text_bytes(rows[i])))
            fail_msg("%s", rows[i]);
    assert_false(accepts(BYTES("<a>\0</a>")));
    assert_true(accepts(BYTES("<a/> \r\n\t")));
}

static void a_doctype_is_refused(void **state)
{
    static const char *const rows[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a []><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a PUBLIC '-//x' 'http://127.0.0.1:1/x.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]><a/>",
        ("<!DOCTYPE a [<!ENTITY e 'xxxxxxxx'><!ENTITY f '&e;&e;&e;&e;&e;&e;&e;&e;'>"
         "<!ENTITY g '&f;&f;&f;&f;&f;&f;&f;&f;'><!ENTITY h "
         "'&g;&g;&g;&g;&g;&g;&g;&g;'>]><a>&h;</a>"),
        "<!DOCTYPE a [<!ATTLIST a x CDATA 'defaulted'>]><a/>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__xml_node *root;
        daotp__xml_fault fault = {.rule = NULL};

        assert_int_equal(daotp__xml_read(text_bytes(rows[i]), MAX, &root, &fault), DAOTP_PEER);
        assert_non_null(strstr(fault.rule, "DOCTYPE"));
    }
}

/* A NUL does not end a document. */
static void what_stands_behind_a_nul_is_not_overlooked(void **state)
{
    (void)state;
    assert_false(accepts(BYTES("<a/>\0")));
    assert_false(accepts(BYTES("<a/>\0<b/>")));
    assert_false(accepts(BYTES("<a/>\0garbage <")));
}

/* UTF-8 must be read; what is in another encoding may be refused, but not read wrongly. */
static void encodings_are_not_confused(void **state)
{
    static const struct {
        daotp__bytes document;
        bool must;
    } rows[] = {
        {{(const uint8_t *)"<a>\xC3\xA4</a>", 9}, true},
        {{(const uint8_t *)"\xEF\xBB\xBF<a>\xC3\xA4</a>", 12}, true},
        {{(const uint8_t *)"<?xml version='1.0' encoding='UTF-8'?><a>\xC3\xA4</a>", 47}, true},
        {{(const uint8_t *)"<?xml version='1.0' encoding='utf-8'?><a>\xC3\xA4</a>", 47}, true},
        {{(const uint8_t *)"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE4</a>", 51}, false},
        {{(const uint8_t *)"\xFF\xFE<\0a\0>\0\xE4\0<\0/\0a\0>\0", 18}, false},
        {{(const uint8_t *)"\xFE\xFF\0<\0a\0>\0\xE4\0<\0/\0a\0>", 18}, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__xml_node *root;
        daotp_status status = read_bytes(rows[i].document, MAX, &root);

        if (rows[i].must)
            assert_int_equal(status, DAOTP_OK);
        if (status == DAOTP_OK)
            assert_bytes_equal(daotp__xml_text(root), BYTES("\xC3\xA4"));
        daotp__xml_free(root);
    }
}

static char *repeated(const char *head, const char *what, size_t times, const char *tail)
{
    char *text = calloc(1, strlen(head) + strlen(what) * times + strlen(tail) + 1);
    char *at = text + sprintf(text, "%s", head);

    while (times-- > 0)
        at += sprintf(at, "%s", what);
    (void)sprintf(at, "%s", tail);
    return text;
}

/* Each element comes once, and in its order, however long the document: a parser shifts its window
 * over it on the way. */
static void a_long_document_is_read_once(void **state)
{
    (void)state;
    for (size_t count = 1; count < DAOTP__MAX_XML_NODES; count += 1 + count / 8) {
        daotp__buffer text;
        daotp__xml_node *root, *child;
        size_t seen = 0;

        daotp__buffer_init(&text, MAX);
        daotp__buffer_text(&text, "<r>");
        for (size_t i = 0; i < count; i++)
            daotp__buffer_format(&text, "<a i='%zu'>%zu</a>", i, i);
        daotp__buffer_text(&text, "</r>");
        if (read_bytes(daotp__buffer_bytes(&text), MAX, &root) != DAOTP_OK)
            fail_msg("%zu elements", count);
        for (child = root->first; child != NULL; child = child->next, seen++) {
            assert_int_equal(strtoul(daotp__xml_get(child, "", "i")->value, NULL, 10), seen);
            assert_int_equal(strtoul(daotp__buffer_string(&child->text), NULL, 10), seen);
        }
        assert_int_equal(seen, count);
        daotp__xml_free(root);
        daotp__buffer_free(&text);
    }
}

static bool accepts_nested(size_t depth)
{
    char *open = repeated("", "<a>", depth, ""), *whole = repeated(open, "</a>", depth, "");
    bool ok = accepts(text_bytes(whole));

    free(open);
    free(whole);
    return ok;
}

static void depth_is_bounded(void **state)
{
    (void)state;
    assert_true(accepts_nested(DAOTP__MAX_XML_DEPTH));
    assert_false(accepts_nested(DAOTP__MAX_XML_DEPTH + 1));
    assert_false(accepts_nested(9000));
}

static void nodes_are_bounded(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        char *text = repeated("<r>", "<a/>", DAOTP__MAX_XML_NODES - 1 + extra, "</r>");

        assert_int_equal(accepts(text_bytes(text)), extra == 0);
        free(text);
    }
}

static void attributes_are_bounded(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        char text[2000] = "<a";

        for (size_t i = 0; i < DAOTP__MAX_XML_ATTRIBUTES + extra; i++)
            (void)sprintf(text + strlen(text), " x%zu='%zu'", i, i);
        strcat(text, "/>");
        assert_int_equal(accepts(text_bytes(text)), extra == 0);
    }
}

/* A document of 200 kB whose tree would take 400 MB: one namespace, named again and again. */
static void a_namespace_is_not_multiplied(void **state)
{
    enum { URI = 100 * 1000, ELEMENTS = 60, ROOM = 300 * 1000 };
    char *text = calloc(1, ROOM);
    daotp__xml_node *root;
    daotp__xml_fault fault = {.rule = NULL};
    size_t len;

    (void)state;
    assert_non_null(text);
    memcpy(text, "<a xmlns:p='", 12);
    memset(text + 12, 'u', URI);
    len = 12 + (size_t)URI;
    len += (size_t)sprintf(text + len, "'>");
    for (unsigned i = 0; i < ELEMENTS; i++) {
        len += (size_t)sprintf(text + len, "<p:b");
        for (unsigned k = 0; k < DAOTP__MAX_XML_ATTRIBUTES; k++)
            len += (size_t)sprintf(text + len, " p:c%u=''", k);
        len += (size_t)sprintf(text + len, "/>");
    }
    len += (size_t)sprintf(text + len, "</a>");
    assert_true(len < ROOM);
    assert_int_equal(
        daotp__xml_read((daotp__bytes){(const uint8_t *)text, len}, ROOM, &root, &fault),
        DAOTP_PEER);
    assert_string_equal(fault.rule,
                        "names and values that together are larger than the limit allows");
    free(text);
}

/* Refused before libxml2 compares each with each, in the encodings that it tells by itself. */
static void attributes_of_all_elements_are_bounded(void **state)
{
    enum { MOST = DAOTP__MAX_XML_ALL_ATTRIBUTES, ROOM = 32 * MOST };
    char *text = calloc(1, ROOM), *wide = calloc(2, ROOM);
    daotp__xml_fault fault = {.rule = NULL};

    (void)state;
    assert_true(text != NULL && wide != NULL);
    for (unsigned is_wide = 0; is_wide < 2; is_wide++) {
        daotp__xml_node *root;
        size_t len = (size_t)sprintf(text, "<a");

        for (unsigned i = 0; i <= MOST; i++)
            len += (size_t)sprintf(text + len, i % 2 == 0 ? " x%x=\"\"" : " x%x = ''", i);
        len += (size_t)sprintf(text + len, "/>");
        wide[0] = '\xFF', wide[1] = '\xFE';
        for (size_t i = 0; i < len; i++)
            wide[2 + 2 * i] = text[i];
        assert_int_equal(daotp__xml_read(is_wide ? (daotp__bytes){(uint8_t *)wide, 2 + 2 * len}
                                                 : (daotp__bytes){(uint8_t *)text, len},
                                         2 * ROOM, &root, &fault),
                         DAOTP_PEER);
        assert_string_equal(fault.rule, "more attributes than the limits allow");
    }
    free(text);
    free(wide);
}

static void the_whole_is_bounded(void **state)
{
    daotp__xml_node *root;

    (void)state;
    assert_int_equal(read_bytes(BYTES("<a>xx</a>"), 9, &root), DAOTP_OK);
    daotp__xml_free(root);
    assert_int_equal(read_bytes(BYTES("<a>xxx</a>"), 9, &root), DAOTP_PEER);
}

/* A text may be larger in UTF-8 than its document was; that is the peer's doing, not ours. */
static void text_past_its_limit_is_not_called_out_of_memory(void **state)
{
    char *text = repeated("<?xml version='1.0' encoding='ISO-8859-1'?><a>", "\xE4", 200, "</a>");
    daotp__xml_node *root;
    daotp__xml_fault fault = {.rule = NULL};

    (void)state;
    assert_int_equal(daotp__xml_read(text_bytes(text), 260, &root, &fault), DAOTP_PEER);
    assert_string_not_equal(fault.rule, "out of memory");
    free(text);
}

static void only_xml_characters_can_be_held(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"plain", true},
        {"\t\n\r", true},
        {"\x01", false},
        {"\x1F", false},
        {"\x7F", true},
        {"\xC2\x85", true},
        {"\xFF", false},
        {"\xC3", false},
        {"\xED\xA0\x80", false},
        {"\xEF\xBF\xBD", true},
        {"\xEF\xBF\xBE", false},
        {"\xEF\xBF\xBF", false},
        {"\xEE\x80\x80", true},
        {"\xF0\x9F\x98\x80", true},
        {"", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(daotp__xml_can_hold(rows[i].text, strlen(rows[i].text)), rows[i].good);
    assert_false(daotp__xml_can_hold("a\0b", 3));
}

/* Every character that XML can hold comes back, from an attribute and from text. */
static void what_is_escaped_reads_back(void **state)
{
    (void)state;
    for (unsigned c = 1; c < 0x110000; c += c < 0x180 ? 1 : 251) {
        char one[5] = "";
        size_t len = 1 + (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
        daotp__buffer text;
        daotp__xml_node *root;

        for (size_t i = len; i > 1; i--)
            one[i - 1] = (char)(0x80 | (c >> (6 * (len - i)) & 0x3F));
        one[0] = (char)(len == 1 ? c : (0xF00 >> len & 0xFF) | c >> (6 * (len - 1)));
        if (!daotp__xml_can_hold(one, len))
            continue;
        daotp__buffer_init(&text, 200);
        daotp__buffer_text(&text, "<a x=\"-");
        daotp__xml_escape(&text, one, len);
        daotp__buffer_text(&text, "-\">-");
        daotp__xml_escape(&text, one, len);
        daotp__buffer_text(&text, "-</a>");
        if (read_bytes(daotp__buffer_bytes(&text), MAX, &root) != DAOTP_OK)
            fail_msg("U+%04X", c);
        assert_int_equal(daotp__xml_get(root, "", "x")->value_len, len + 2);
        assert_memory_equal(daotp__xml_get(root, "", "x")->value + 1, one, len);
        assert_int_equal(root->text.len, len + 2);
        assert_memory_equal(root->text.data + 1, one, len);
        daotp__xml_free(root);
        daotp__buffer_free(&text);
    }
}

/* A document of so many octets, and a bit; the last element is "last". */
static void write_long(daotp__buffer *out, size_t len, const char *last)
{
    daotp__buffer_text(out, "<a>");
    while (out->len < len)
        daotp__buffer_text(out, "<b>some text</b>");
    daotp__buffer_format(out, "%s</a>", last);
}

/* libxml2 drops what it has read when little is left. */
static void positions_count_from_the_beginning(void **state)
{
    (void)state;
    for (size_t len = 16; len < 8192; len += 200) {
        daotp__buffer text;
        daotp__xml_node *root;
        daotp__xml_fault fault;
        size_t at;

        daotp__buffer_init(&text, MAX);
        write_long(&text, len, "<last>x</last>");
        at = text.len - strlen("x</last></a>");
        assert_int_equal(daotp__xml_read(daotp__buffer_bytes(&text), MAX, &root, &fault), DAOTP_OK);
        assert_between(root->last->offset, at - 1, at);
        daotp__xml_free(root);
        daotp__buffer_clear(&text);
        write_long(&text, len, "<last></lost>");
        at = text.len - strlen("</lost></a>");
        assert_int_equal(daotp__xml_read(daotp__buffer_bytes(&text), MAX, &root, &fault),
                         DAOTP_PEER);
        assert_between(fault.offset, at, text.len);
        daotp__buffer_free(&text);
    }
}

#ifdef MARKS_CAN_BE_COUNTED
/* Wherever it stands in a document, and wherever libxml2 has moved it to. */
static void a_secret_is_left_in_no_block(void **state)
{
    uint8_t code[MARK_LEN];

    (void)state;
    for (size_t len = 16; len < 4096; len += 300)
        for (size_t behind = 16; behind < 1024; behind += 250) {
            daotp__buffer text, end;
            daotp__xml_node *root;

            daotp__buffer_init_secret(&text, MAX);
            daotp__buffer_init(&end, MAX);
            write_mark(0, code);
            write_long(&text, len, "<c>");
            text.len -= strlen("</a>");
            daotp__buffer_add(&text, code, sizeof code);
            explicit_bzero(code, sizeof code);
            write_long(&end, behind, "");
            daotp__buffer_add(&text, end.data, end.len);
            daotp__buffer_text(&text, "</c></a>");
            assert_int_equal(read_bytes(daotp__buffer_bytes(&text), MAX, &root), DAOTP_OK);
            assert_true(count_marks(0) > 0);
            daotp__xml_free(root);
            daotp__buffer_free(&text);
            daotp__buffer_free(&end);
            assert_int_equal(count_marks(0), 0);
        }
}
#else
static void a_secret_is_left_in_no_block(void **state)
{
    (void)state;
    skip(); /* the sanitizer keeps freed blocks */
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_nest_and_keep_their_order),
        cmocka_unit_test(names_are_compared_with_their_namespace),
        cmocka_unit_test(a_descendant_is_found_in_document_order),
        cmocka_unit_test(text_is_trimmed_of_white_space_alone),
        cmocka_unit_test(attribute_values_are_normalised),
        cmocka_unit_test(what_is_not_well_formed_is_refused),
        cmocka_unit_test(a_doctype_is_refused),
        cmocka_unit_test(what_stands_behind_a_nul_is_not_overlooked),
        cmocka_unit_test(encodings_are_not_confused),
        cmocka_unit_test(a_long_document_is_read_once),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nodes_are_bounded),
        cmocka_unit_test(attributes_are_bounded),
        cmocka_unit_test(a_namespace_is_not_multiplied),
        cmocka_unit_test(attributes_of_all_elements_are_bounded),
        cmocka_unit_test(the_whole_is_bounded),
        cmocka_unit_test(text_past_its_limit_is_not_called_out_of_memory),
        cmocka_unit_test(only_xml_characters_can_be_held),
        cmocka_unit_test(what_is_escaped_reads_back),
        cmocka_unit_test(positions_count_from_the_beginning),
        cmocka_unit_test(a_secret_is_left_in_no_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/alloc.h"
#include "core/limits.h"
#include "xml/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <string.h>

struct reader {
    xmlParserCtxtPtr parser;
    daotp__bytes copy; /* libxml2's copy of the document, as it was made */
    daotp__xml_node *root, *at;
    size_t max, max_nodes, nodes, tree_len; /* tree_len: of all that is copied into the tree */
    unsigned depth;
    daotp_status status;
    const char *why;
    size_t offset; /* where it stopped */
};

/* libxml2 2.12 made the handler's argument constant. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *xml_error;
#else
typedef xmlErrorPtr xml_error;
#endif

/* libxml2's copy of the document is wiped, because libxml2 would free it as it is. Near the end of
 * the document it drops what was read, which leaves octets behind the input that is left. A stopped
 * parser has an empty input; one that converts has another block. */
static void wipe_input(const struct reader *reader)
{
    const xmlParserInput *input = reader->parser->input;
    const uint8_t *copy = reader->copy.data;

    if (input == NULL || input->base == NULL)
        return;
    if (input->base >= copy && input->base < copy + reader->copy.len)
        daotp__wipe((uint8_t *)copy, reader->copy.len);
    else
        daotp__wipe((xmlChar *)input->base, (size_t)(input->end - input->base));
}

/* The position of the parser, with the octets that libxml2 has dropped. */
static size_t read_offset(const struct reader *reader)
{
    const xmlParserInput *input = reader->parser->input;

    if (input == NULL || input->base == NULL)
        return 0;
    return (size_t)input->consumed + (size_t)(input->cur - input->base);
}

static void read_stop(struct reader *reader, daotp_status status, const char *why)
{
    if (reader->status == DAOTP_OK) {
        reader->status = status;
        reader->why = why;
        reader->offset = read_offset(reader);
    }
    wipe_input(reader);
    xmlStopParser(reader->parser);
}

static const char *copy_name(const xmlChar *text)
{
    return daotp__text_copy(text != NULL ? (const char *)text : "");
}

/* The name of a namespace is written once, and copied for each element and attribute that has it: a
 * long one would make the tree thousands of times as large as its document. */
static bool has_room(struct reader *reader, const xmlChar *name, const xmlChar *ns, size_t len)
{
    reader->tree_len +=
        sizeof(daotp__xml_node) + len + (size_t)xmlStrlen(name) + (size_t)xmlStrlen(ns);
    if (reader->tree_len <= DAOTP__MAX_TREE)
        return true;
    read_stop(reader, DAOTP_PEER,
              "names and values that together are larger than the limit allows");
    return false;
}

static bool add_attribute(struct reader *reader, daotp__xml_node *node, const xmlChar **from)
{
    size_t len = (size_t)(from[4] - from[3]);
    daotp__xml_attribute *attribute =
        has_room(reader, from[0], from[2], len) ? daotp__new(sizeof *attribute) : NULL;

    if (attribute == NULL)
        return false;
    attribute->next = node->attributes;
    node->attributes = attribute;
    attribute->name = copy_name(from[0]);
    attribute->ns = copy_name(from[2]);
    attribute->value = daotp__text_copy_n((const char *)from[3], len);
    attribute->value_len = len;
    /* The value stands in libxml2's copy of the document, or in a block of its own, which it frees
     * as they are; neither is read again. */
    daotp__wipe((xmlChar *)from[3], len);
    return attribute->name != NULL && attribute->ns != NULL && attribute->value != NULL;
}

static daotp__xml_node *add_node(struct reader *reader, const xmlChar *name, const xmlChar *ns)
{
    daotp__xml_node *node = has_room(reader, name, ns, 0) ? daotp__new(sizeof *node) : NULL;

    if (node == NULL)
        return NULL;
    daotp__buffer_init(&node->text, reader->max);
    node->parent = reader->at;
    node->offset = read_offset(reader);
    if (reader->at == NULL)
        reader->root = node;
    else if (reader->at->last == NULL)
        reader->at->first = reader->at->last = node;
    else
        reader->at->last = reader->at->last->next = node;
    node->name = copy_name(name);
    node->ns = copy_name(ns);
    return node->name != NULL && node->ns != NULL ? node : NULL;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns,
                     int ns_count, const xmlChar **nss, int count, int defaulted,
                     const xmlChar **attributes)
{
    struct reader *reader = user;
    daotp__xml_node *node;

    (void)prefix, (void)ns_count, (void)nss, (void)defaulted;
    if (reader->status != DAOTP_OK)
        return;
    if (++reader->depth > DAOTP__MAX_XML_DEPTH || ++reader->nodes > reader->max_nodes ||
        count > DAOTP__MAX_XML_ATTRIBUTES) {
        read_stop(reader, DAOTP_PEER, "more elements, depth or attributes than the limits allow");
        return;
    }
    node = add_node(reader, name, ns);
    for (int i = 0; node != NULL && i < count; i++)
        if (!add_attribute(reader, node, attributes + 5 * (size_t)i))
            node = NULL;
    if (node == NULL)
        read_stop(reader, DAOTP_MEMORY, "out of memory");
    else
        reader->at = node;
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    struct reader *reader = user;

    (void)name, (void)prefix, (void)ns;
    if (reader->status != DAOTP_OK || reader->at == NULL)
        return;
    reader->depth--;
    reader->at = reader->at->parent;
}

static void on_text(void *user, const xmlChar *text, int len)
{
    struct reader *reader = user;

    if (reader->status != DAOTP_OK || reader->at == NULL)
        return;
    daotp__buffer_add(&reader->at->text, text, (size_t)len);
    if (reader->at->text.failed != DAOTP_OK)
        read_stop(reader, reader->at->text.failed, "text over the limit");
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id,
                       const xmlChar *system_id)
{
    (void)name, (void)public_id, (void)system_id;
    read_stop(user, DAOTP_PEER, "a DOCTYPE, which is refused (SOAP 1.2 part 1, 5)");
}

static void on_error(void *user, xml_error error)
{
    struct reader *reader = user;

    if (error->level < XML_ERR_ERROR || reader->status != DAOTP_OK)
        return;
    if (error->code == XML_ERR_NO_MEMORY)
        read_stop(reader, DAOTP_MEMORY, "out of memory");
    else
        read_stop(reader, DAOTP_PEER, "XML 1.0 2.1: not well-formed XML with namespaces");
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .cdataBlock = on_text,
    .ignorableWhitespace = on_text,
    .internalSubset = on_doctype,
    .serror = on_error,
};

/* An encoding error reaches no parser's handler, but the thread's: which prints. */
static void say_nothing(void *user, xml_error error)
{
    (void)user, (void)error;
}

static bool is_blank_or_zero(uint8_t byte)
{
    return byte == '\0' || byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* libxml2 compares each attribute of an element with each other before it tells of any: half a
 * megabyte of them takes seconds. An attribute is an equals sign and a quotation mark
 * (XML 1.0 3.1); zeros are those of UTF-16. Text may hold a few that are none. */
static bool has_too_many_attributes(daotp__bytes in)
{
    const uint8_t *at = in.data, *end = in.data + in.len;
    size_t count = 0;

    while (at < end && (at = memchr(at, '=', (size_t)(end - at))) != NULL) {
        do {
            at++;
        } while (at < end && is_blank_or_zero(*at));
        count += at < end && (*at == '"' || *at == '\'');
    }
    return count > DAOTP__MAX_XML_ALL_ATTRIBUTES;
}

/* libxml2 2.9 makes the mutex of its settings at the first call of any thread, without a lock: two
 * first calls at the same time would make two. */
static void init_libxml2(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, xmlInitParser);
}

static void read_parse(struct reader *reader, daotp__bytes in)
{
    const xmlStructuredErrorFunc tell = xmlStructuredError; /* of this thread */
    void *const user = xmlStructuredErrorContext;

    reader->parser = xmlCreateMemoryParserCtxt((const char *)in.data, (int)in.len);
    if (reader->parser == NULL) {
        reader->status = DAOTP_MEMORY;
        return;
    }
    reader->copy =
        (daotp__bytes){reader->parser->input->base,
                       (size_t)(reader->parser->input->end - reader->parser->input->base)};
    *reader->parser->sax = handler;
    reader->parser->userData = reader;
    /* NOENT: without it &amp; in an attribute is handed over as &#38;; there are no entities but
     * the five, for a DOCTYPE is refused */
    (void)xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlSetStructuredErrorFunc(NULL, say_nothing);
    (void)xmlParseDocument(reader->parser);
    xmlSetStructuredErrorFunc(user, tell);
    if (!reader->parser->wellFormed)
        read_stop(reader, DAOTP_PEER, "XML 1.0 2.1: not well-formed XML");
    else if (reader->parser->input->cur < reader->parser->input->end)
        read_stop(reader, DAOTP_PEER, "XML 1.0 2.1: something stands behind the document");
    wipe_input(reader);
    xmlFreeParserCtxt(reader->parser);
}

daotp_status daotp__xml_read_large(daotp__bytes in, size_t max, size_t max_nodes,
                                   daotp__xml_node **root, daotp__xml_fault *fault)
{
    struct reader reader = {.max = max, .max_nodes = max_nodes};

    *root = NULL;
    *fault = (daotp__xml_fault){.rule = ""};
    if (in.len == 0 || in.len > max) {
        fault->rule = in.len == 0 ? "empty" : "larger than its limit";
        return DAOTP_PEER;
    }
    if (has_too_many_attributes(in)) {
        fault->rule = "more attributes than the limits allow";
        return DAOTP_PEER;
    }
    init_libxml2();
    read_parse(&reader, in);
    if (reader.status == DAOTP_OK && reader.root != NULL) {
        *root = reader.root;
        return DAOTP_OK;
    }
    daotp__xml_free(reader.root);
    fault->rule = reader.why != NULL ? reader.why : "out of memory";
    fault->offset = reader.offset;
    return reader.status;
}

daotp_status daotp__xml_read(daotp__bytes in, size_t max, daotp__xml_node **root,
                             daotp__xml_fault *fault)
{
    return daotp__xml_read_large(in, max, DAOTP__MAX_XML_NODES, root, fault);
}

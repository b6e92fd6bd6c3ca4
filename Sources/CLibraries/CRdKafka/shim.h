#ifndef CRDKAFKA_SHIM_H
#define CRDKAFKA_SHIM_H
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#ifdef __linux__
// glibc shows it only under _GNU_SOURCE, which Swift's importer doesn't define.
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void crdkafka_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#else
static inline void crdkafka_name_this_thread(const char *name) { pthread_setname_np(name); }
#endif

// The bytes of a record's headers as they are written: names, values and the lengths before them.
static inline size_t crdkafka_header_bytes(const rd_kafka_message_t *message) {
    rd_kafka_headers_t *headers;
    const char *name;
    const void *value;
    size_t size, bytes = 0;
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
        bytes += strlen(name) + size + 10;
    return bytes;
}

// What a batch and its request hold beside the records' keys, values and headers, at least: a record that is smaller
// than batch.size by less than this was alone in its batch.
#define CRDKAFKA_BATCH_OVERHEAD 100

// Whether the record was, or may have been, in a batch with others.
static inline int crdkafka_had_company(const rd_kafka_message_t *message, size_t batch_bytes) {
    return message->len + message->key_len + CRDKAFKA_BATCH_OVERHEAD + crdkafka_header_bytes(message) <= batch_bytes;
}

// On the thread that got the broker's answer, before anything else is sent there. A batch that was too large for its
// topic ends the client: whatever would be sent after it, and be taken, would stand in Kafka before the batch's records.
static inline rd_kafka_resp_err_t crdkafka_acknowledged(rd_kafka_t *client, rd_kafka_message_t *message, void *batch_bytes) {
    if (message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && crdkafka_had_company(message, (size_t)batch_bytes))
        rd_kafka_test_fatal_error(client, message->err, "a batch is larger than its topic takes");
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// The threads that send don't preempt those that produce: what is produced meanwhile goes into one batch, which makes
// linger.ms=0 cheap, and where a core is free they run at once all the same (sched(7), SCHED_BATCH).
static inline rd_kafka_resp_err_t crdkafka_thread_started(rd_kafka_t *client, rd_kafka_thread_type_t type, const char *name,
                                                          void *unused) {
    (void)client, (void)name, (void)unused;
#ifdef __linux__
    const struct sched_param parameter = {0};
    // The number is SCHED_BATCH, which glibc shows only under _GNU_SOURCE.
    if (type == RD_KAFKA_THREAD_BROKER) sched_setscheduler(0, 3, &parameter);
#else
    (void)type;
#endif
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static inline rd_kafka_resp_err_t crdkafka_made(rd_kafka_t *client, const rd_kafka_conf_t *conf, void *batch_bytes, char *why,
                                                size_t why_size) {
    (void)conf, (void)why, (void)why_size;
    rd_kafka_interceptor_add_on_thread_start(client, "sluice", crdkafka_thread_started, NULL);
    return rd_kafka_interceptor_add_on_acknowledgement(client, "sluice", crdkafka_acknowledged, batch_bytes);
}

// Has a producer with this configuration do the above.
static inline rd_kafka_resp_err_t crdkafka_prepare_producer(rd_kafka_conf_t *conf, size_t batch_bytes) {
    return rd_kafka_conf_interceptor_add_on_new(conf, "sluice", crdkafka_made, (void *)batch_bytes);
}

// One record to produce. A NULL key or value is Kafka's null; an empty one has a pointer and the size 0.
typedef struct {
    rd_kafka_topic_t *topic;
    const void *key;
    size_t key_size;
    const void *value;
    size_t value_size;
    rd_kafka_headers_t *headers; // NULL for none; taken over if, and only if, the call succeeds
    uintptr_t opaque;
} crdkafka_record;

// rd_kafka_producev is variadic and so can't be called from Swift. Without headers rd_kafka_produce does the same for less.
static inline rd_kafka_resp_err_t crdkafka_produce(rd_kafka_t *client, const crdkafka_record *r) {
    if (!r->headers) {
        if (rd_kafka_produce(r->topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, (void *)r->value, r->value_size,
                             r->key, r->key_size, (void *)r->opaque) == 0)
            return RD_KAFKA_RESP_ERR_NO_ERROR;
        return rd_kafka_last_error();
    }
    return rd_kafka_producev(client, RD_KAFKA_V_RKT(r->topic), RD_KAFKA_V_KEY(r->key, r->key_size),
                             RD_KAFKA_V_VALUE((void *)r->value, r->value_size), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_HEADERS(r->headers), RD_KAFKA_V_OPAQUE((void *)r->opaque), RD_KAFKA_V_END);
}
#endif

#ifndef CRDKAFKA_SHIM_H
#define CRDKAFKA_SHIM_H
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#ifdef __linux__
// glibc shows it only under _GNU_SOURCE, which Swift's importer doesn't define.
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void crdkafka_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#else
static inline void crdkafka_name_this_thread(const char *name) { pthread_setname_np(name); }
#endif

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

/*
 * A session with Eclipse Paho's asynchronous client for C: many publishes of each quality under way at once, which must
 * come back in their order.
 *
 *   asynchronous URI VERSION [FOLDER DEVICE]    as for synchronous.c
 */
#include <MQTTAsync.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EACH = 300, SECONDS = 60 };

static const char *uri;
static int version;
static char topic[64];
static MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* What happened so far; guarded by the lock. */
static int connects, subscribes, publishes, disconnects, messages, failures;

static void fail(const char *what, int code) {
  fprintf(stderr, "%s: %d\n", what, code);
  exit(1);
}

static void count(int *events) {
  pthread_mutex_lock(&lock);
  (*events)++;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void wait_until(const char *what, int *events, int wanted) {
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += SECONDS;
  pthread_mutex_lock(&lock);
  while (*events < wanted && !failures)
    if (pthread_cond_timedwait(&changed, &lock, &end)) break;
  int reached = *events, failed = failures;
  pthread_mutex_unlock(&lock);
  if (failed) fail("a request failed while waiting", wanted);
  if (reached < wanted) fail(what, reached);
}

static void connected(void *events, MQTTAsync_successData *data) { (void)data, count(events); }
static void connected5(void *events, MQTTAsync_successData5 *data) { (void)data, count(events); }
static void failed(void *events, MQTTAsync_failureData *data) {
  (void)events, fprintf(stderr, "failed: %d %s\n", data ? data->code : 0, data && data->message ? data->message : "");
  count(&failures);
}
static void failed5(void *events, MQTTAsync_failureData5 *data) {
  (void)events, fprintf(stderr, "failed: %d %d\n", data ? data->code : 0, data ? data->reasonCode : 0);
  count(&failures);
}

/* Messages carry their number, and come in this order within each quality. */
static int arrived(void *context, char *name, int length, MQTTAsync_message *message) {
  static int next[3];
  char text[32];
  (void)context, (void)length;
  snprintf(text, sizeof text, "%d", next[message->qos]++);
  if (message->payloadlen != (int)strlen(text) || memcmp(message->payload, text, strlen(text)))
    fail("out of order at quality", message->qos);
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(name);
  count(&messages);
  return 1;
}

static void on(MQTTAsync_responseOptions *options, int *events) {
  options->context = events;
  if (version == 5) {
    options->onSuccess5 = connected5;
    options->onFailure5 = failed5;
  } else {
    options->onSuccess = connected;
    options->onFailure = failed;
  }
}

int main(int arguments_count, char **arguments) {
  char paths[3][512], name[32], text[32];
  MQTTAsync client;
  MQTTAsync_init_options all = MQTTAsync_init_options_initializer;
  MQTTAsync_createOptions make = MQTTAsync_createOptions_initializer;
  if (arguments_count != 3 && arguments_count != 5) fail("usage: asynchronous URI VERSION [FOLDER DEVICE]", 0);
  uri = arguments[1];
  version = atoi(arguments[2]);
  int is_websocket = !strncmp(uri, "ws", 2);
  all.do_openssl_init = 1;
  MQTTAsync_global_init(&all);
  snprintf(name, sizeof name, "async %.4s %d", uri, version);
  snprintf(topic, sizeof topic, "async/%.4s/%d", uri, version);
  make.MQTTVersion = version;
  make.maxBufferedMessages = 3 * EACH;
  int code = MQTTAsync_createWithOptions(&client, uri, name, MQTTCLIENT_PERSISTENCE_NONE, NULL, &make);
  if (code) fail("create", code);
  MQTTAsync_setCallbacks(client, NULL, NULL, arrived, NULL);

  MQTTAsync_connectOptions plain = MQTTAsync_connectOptions_initializer;
  MQTTAsync_connectOptions plain5 = MQTTAsync_connectOptions_initializer5;
  MQTTAsync_connectOptions web = MQTTAsync_connectOptions_initializer_ws;
  MQTTAsync_connectOptions web5 = MQTTAsync_connectOptions_initializer5_ws;
  MQTTAsync_connectOptions options = version == 5 ? (is_websocket ? web5 : plain5) : (is_websocket ? web : plain);
  if (version != 5) options.MQTTVersion = version;
  options.maxInflight = 50;
  options.context = &connects;
  if (version == 5) {
    options.onSuccess5 = connected5;
    options.onFailure5 = failed5;
  } else {
    options.onSuccess = connected;
    options.onFailure = failed;
  }
  if (arguments_count == 5) {
    snprintf(paths[0], sizeof paths[0], "%s/ca.crt", arguments[3]);
    snprintf(paths[1], sizeof paths[1], "%s/%s.crt", arguments[3], arguments[4]);
    snprintf(paths[2], sizeof paths[2], "%s/%s.key", arguments[3], arguments[4]);
    tls.trustStore = paths[0];
    tls.keyStore = paths[1];
    tls.privateKey = paths[2];
    tls.verify = 1;
    options.ssl = &tls;
  }
  if ((code = MQTTAsync_connect(client, &options))) fail("connect", code);
  wait_until("connected", &connects, 1);

  MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
  on(&response, &subscribes);
  if ((code = MQTTAsync_subscribe(client, topic, 2, &response))) fail("subscribe", code);
  wait_until("subscribed", &subscribes, 1);

  for (int i = 0; i < EACH; i++)
    for (int qos = 0; qos <= 2; qos++) {
      MQTTAsync_responseOptions sent = MQTTAsync_responseOptions_initializer;
      on(&sent, &publishes);
      int length = snprintf(text, sizeof text, "%d", i);
      if ((code = MQTTAsync_send(client, topic, length, text, qos, 0, &sent))) fail("send", code);
    }
  wait_until("published", &publishes, 3 * EACH);
  wait_until("messages", &messages, 3 * EACH);

  MQTTAsync_disconnectOptions leave = MQTTAsync_disconnectOptions_initializer;
  MQTTAsync_disconnectOptions leave5 = MQTTAsync_disconnectOptions_initializer5;
  if (version == 5) leave = leave5;
  leave.context = &disconnects;
  leave.timeout = 1000;
  if (version == 5) {
    leave.onSuccess5 = connected5;
    leave.onFailure5 = failed5;
  } else {
    leave.onSuccess = connected;
    leave.onFailure = failed;
  }
  if ((code = MQTTAsync_disconnect(client, &leave))) fail("disconnect", code);
  wait_until("disconnected", &disconnects, 1);
  MQTTAsync_destroy(&client);
  puts("done");
  return 0;
}

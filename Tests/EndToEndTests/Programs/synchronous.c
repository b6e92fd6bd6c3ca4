/*
 * A session with Eclipse Paho's synchronous client for C, which must go as it should: each quality, retained messages,
 * a large payload, properties in 5.0, and what waited for a client that was away.
 *
 *   synchronous URI VERSION [FOLDER DEVICE]     VERSION: 3 (3.1), 4 (3.1.1) or 5; with TLS, where the certificates are
 */
#include <MQTTClient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 500000, WAITING = 10, MILLISECONDS = 60000 };

static const char *uri;
static int version;
static MQTTClient_SSLOptions tls = MQTTClient_SSLOptions_initializer;

static void check(int is_right, const char *what, int code) {
  if (is_right) return;
  fprintf(stderr, "%s: %d\n", what, code);
  exit(1);
}

/* A name of its own for each transport and version: they share one broker. */
static const char *named(const char *text) {
  static char names[8][64];
  static int next;
  char *name = names[next++ % 8];
  const char *colon = strchr(uri, ':');
  snprintf(name, sizeof names[0], "%s %.*s %d", text, (int)(colon - uri), uri, version);
  return name;
}

static MQTTClient make(const char *name) {
  MQTTClient client;
  MQTTClient_createOptions options = MQTTClient_createOptions_initializer;
  options.MQTTVersion = version;
  int code = MQTTClient_createWithOptions(&client, uri, name, MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);
  check(code == MQTTCLIENT_SUCCESS, "create", code);
  return client;
}

/* Connects; whether the broker had a session. */
static int join(MQTTClient client, int is_clean) {
  int code, present;
  if (version == 5) {
    MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer5;
    MQTTProperties properties = MQTTProperties_initializer;
    MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL, .value.integer4 = 60};
    if (strstr(uri, "ws") == uri) options = (MQTTClient_connectOptions)MQTTClient_connectOptions_initializer5_ws;
    MQTTProperties_add(&properties, &expiry);
    options.cleanstart = is_clean;
    options.ssl = &tls;
    MQTTResponse response = MQTTClient_connect5(client, &options, is_clean ? NULL : &properties, NULL);
    code = response.reasonCode;
    MQTTResponse_free(response);
    MQTTProperties_free(&properties);
    present = 0;
  } else {
    MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
    if (strstr(uri, "ws") == uri) options = (MQTTClient_connectOptions)MQTTClient_connectOptions_initializer_ws;
    options.MQTTVersion = version;
    options.cleansession = is_clean;
    options.ssl = &tls;
    code = MQTTClient_connect(client, &options);
    check(options.returned.MQTTVersion == version, "version of the answer", options.returned.MQTTVersion);
    present = options.returned.sessionPresent;
  }
  check(code == 0, "connect", code);
  return present;
}

static void leave(MQTTClient client) {
  int code = version == 5 ? MQTTClient_disconnect5(client, 1000, MQTTREASONCODE_SUCCESS, NULL)
                          : MQTTClient_disconnect(client, 1000);
  check(code == MQTTCLIENT_SUCCESS, "disconnect", code);
}

static void subscribe(MQTTClient client, const char *filter, int qos) {
  int code;
  if (version == 5) {
    MQTTResponse response = MQTTClient_subscribe5(client, filter, qos, NULL, NULL);
    code = response.reasonCode;
    MQTTResponse_free(response);
  } else {
    code = MQTTClient_subscribe(client, filter, qos);
  }
  check(code == (version == 5 ? qos : 0), "subscribe", code);
}

/* Publishes, and waits for the acknowledgement where there is one. */
static void publish(MQTTClient client, const char *topic, const void *bytes, int count, int qos, int is_retained) {
  MQTTClient_message message = MQTTClient_message_initializer;
  MQTTClient_deliveryToken token;
  MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_USER_PROPERTY,
                           .value = {.data = {4, "name"}, .value = {5, "value"}}};
  int code;
  message.payload = (void *)bytes;
  message.payloadlen = count;
  message.qos = qos;
  message.retained = is_retained;
  if (version == 5) {
    MQTTProperties_add(&message.properties, &property);
    MQTTResponse response = MQTTClient_publishMessage5(client, topic, &message, &token);
    code = response.reasonCode;
    MQTTResponse_free(response);
    MQTTProperties_free(&message.properties);
  } else {
    code = MQTTClient_publishMessage(client, topic, &message, &token);
  }
  check(code == MQTTCLIENT_SUCCESS, "publish", code);
  if (qos > 0) {
    code = MQTTClient_waitForCompletion(client, token, MILLISECONDS);
    check(code == MQTTCLIENT_SUCCESS, "acknowledgement", code);
  }
}

/* The next message, which must be this one. */
static void take(MQTTClient client, const void *bytes, int count, int qos, int is_retained) {
  MQTTClient_message *message = NULL;
  char *topic = NULL;
  int length;
  int code = MQTTClient_receive(client, &topic, &length, &message, MILLISECONDS);
  check(code == MQTTCLIENT_SUCCESS || code == MQTTCLIENT_TOPICNAME_TRUNCATED, "receive", code);
  check(message != NULL, "no message came", code);
  check(message->payloadlen == count && memcmp(message->payload, bytes, count) == 0, "payload", message->payloadlen);
  check(message->qos == qos, "quality", message->qos);
  check(message->retained == is_retained, "retained", message->retained);
  if (version == 5) {
    MQTTProperty *property =
        MQTTProperties_getPropertyAt(&message->properties, MQTTPROPERTY_CODE_USER_PROPERTY, 0);
    check(property != NULL && property->value.value.len == 5 && !memcmp(property->value.value.data, "value", 5),
          "user property", property != NULL);
  }
  MQTTClient_freeMessage(&message);
  MQTTClient_free(topic);
}

static void passes(void) {
  char *large = malloc(LARGE);
  for (int i = 0; i < LARGE; i++) large[i] = (char)(i * 31 >> 3);
  MQTTClient client = make(named("c"));
  check(!join(client, 1), "a clean session was there before", 0);
  const char *topic = named("passes");
  subscribe(client, topic, 2);
  for (int qos = 0; qos <= 2; qos++) {
    publish(client, topic, "small", 5, qos, 0);
    take(client, "small", 5, qos, 0);
    publish(client, topic, "", 0, qos, 0);
    take(client, "", 0, qos, 0);
    publish(client, topic, large, LARGE, qos, 0);
    take(client, large, LARGE, qos, 0);
  }
  publish(client, named("kept"), "kept", 4, 1, 1);
  subscribe(client, named("kept"), 1);
  take(client, "kept", 4, 1, 1);
  publish(client, named("kept"), "", 0, 1, 1);
  leave(client);
  MQTTClient_destroy(&client);
  free(large);
}

static void waits(void) {
  char text[16];
  MQTTClient client = make(named("away"));
  check(!join(client, 0), "a new session was there before", 0);
  subscribe(client, named("waits"), 1);
  leave(client);
  MQTTClient publisher = make(named("publisher"));
  join(publisher, 1);
  for (int i = 0; i < WAITING; i++) publish(publisher, named("waits"), text, sprintf(text, "%d", i), 1, 0);
  leave(publisher);
  MQTTClient_destroy(&publisher);
  /* MQTT 3.1 cannot tell whether there was a session, and with 5.0 this client doesn't say. */
  int is_there = join(client, 0);
  check(version != 4 || is_there, "the session is gone", version);
  for (int i = 0; i < WAITING; i++) take(client, text, sprintf(text, "%d", i), 1, 0);
  leave(client);
  join(client, 1);
  leave(client);
  MQTTClient_destroy(&client);
}

int main(int count, char **arguments) {
  char paths[3][512];
  check(count == 3 || count == 5, "usage: synchronous URI VERSION [FOLDER DEVICE]", count);
  uri = arguments[1];
  version = atoi(arguments[2]);
  MQTTClient_init_options all = MQTTClient_init_options_initializer;
  all.do_openssl_init = 1;
  MQTTClient_global_init(&all);
  if (count == 5) {
    snprintf(paths[0], sizeof paths[0], "%s/ca.crt", arguments[3]);
    snprintf(paths[1], sizeof paths[1], "%s/%s.crt", arguments[3], arguments[4]);
    snprintf(paths[2], sizeof paths[2], "%s/%s.key", arguments[3], arguments[4]);
    tls.trustStore = paths[0];
    tls.keyStore = paths[1];
    tls.privateKey = paths[2];
    tls.verify = 1;
  }
  passes();
  waits();
  puts("done");
  return 0;
}

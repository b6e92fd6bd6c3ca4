import KafkaClient
import Testing

/// Texts of librdkafka 2.0.2 against listeners of Apache Kafka that speak something else.
struct KafkaTroubleTests {
  @Test(
    arguments: [
      (
        "ssl://127.0.0.1:29092/bootstrap: SSL handshake failed: error:0A000126:SSL routines::unexpected eof while"
          + " reading (after 4ms in state SSL_HANDSHAKE)",
        "the server at 127.0.0.1:29092 does not seem to speak TLS: set security.protocol to plaintext"
      ),
      (
        "sasl_ssl://kafka-1:9096/0: error:0A000126:SSL routines::unexpected eof while reading (after 1ms in state"
          + " SSL_HANDSHAKE)", "kafka-1:9096 does not seem to speak TLS: set security.protocol to sasl_plaintext"
      ),
      (
        "[thrd:127.0.0.1:29094/bootstrap]: 127.0.0.1:29094/bootstrap: Disconnected while requesting ApiVersion: might"
          + " be caused by incorrect security.protocol configuration (connecting to a SSL listener?) or broker version"
          + " is < 0.10 (see api.version.request) (after 1ms in state APIVERSION_QUERY)",
        "the server at 127.0.0.1:29094 seems to speak TLS: set security.protocol to ssl (or sasl_ssl)"
      ),
      (
        "sasl_plaintext://[::1]:29094/bootstrap: Disconnected while requesting ApiVersion: might be caused by incorrect"
          + " security.protocol configuration (connecting to a SSL listener?) or broker version is < 0.10",
        "the server at [::1]:29094 seems to speak TLS: set security.protocol to sasl_ssl"
      ),
      (
        "ssl://127.0.0.1:29094/bootstrap: Disconnected: verify that security.protocol is correctly configured, broker"
          + " might require SASL authentication (after 1ms in state UP)",
        "seems to want SASL: set security.protocol to sasl_ssl"
      ),
      (
        "127.0.0.1:29096/1: Disconnected: verify that security.protocol is correctly configured, broker might require"
          + " SASL authentication (after 0ms in state UP)",
        "seems to want SASL: set security.protocol to sasl_plaintext"
      ),
      (
        "ssl://127.0.0.1:29094/bootstrap: Send failed: SSL transport error: Broken pipe (after 1ms in state UP)",
        "seems to want SASL: set security.protocol to sasl_ssl"
      ),
      (
        "sasl_plaintext://127.0.0.1:29092/bootstrap: SASL PLAIN mechanism handshake failed: Broker: Request not valid"
          + " in current SASL state: broker's supported mechanisms:  (after 1ms in state AUTH_HANDSHAKE)",
        "wants no SASL on this port: set security.protocol to plaintext"
      ),
      (
        "ssl://127.0.0.1:29095/bootstrap: Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL"
          + " alert number 42 (after 3ms in state APIVERSION_QUERY)", "wants a certificate of its clients"
      ),
    ])
  func `a port that speaks something else is told in words`(text: String, words: String) {
    #expect(KafkaTrouble.explanation(of: text)?.contains(words) == true, "\(KafkaTrouble.explanation(of: text) ?? "")")
  }

  @Test(
    arguments: [
      "", "1/1 brokers are down", "127.0.0.1:1/bootstrap: Send failed: Broken pipe (after 9001ms in state UP)",
      "127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused",
      "sasl_ssl://127.0.0.1:29094/bootstrap: SASL authentication error: Authentication failed: Invalid username or"
        + " password (after 5ms in state AUTH_REQ)", "/: :/ SSL_HANDSHAKE unexpected eof",
    ])
  func `what says itself what is wrong is left as it is`(text: String) {
    #expect(KafkaTrouble.explanation(of: text) == nil)
  }
}

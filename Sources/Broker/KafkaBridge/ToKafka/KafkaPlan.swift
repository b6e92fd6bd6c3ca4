internal import BrokerCore

/// The routes of one MQTT topic.
final class KafkaPlan: OutletPlan, @unchecked Sendable {
  let routes: [KafkaRoute]
  /// Why a mapping that promises something can never keep it for this topic.
  let refusal: Refusal?
  /// Whether a route writes what stands in MQTT 5.0 properties.
  let wantsProperties: Bool

  init(routes: [KafkaRoute]) {
    self.routes = routes
    refusal = routes.lazy.compactMap { $0.mapping.promises ? $0.refusal : nil }.first
    wantsProperties = routes.contains { $0.mapping.headerSet != .none }
  }
}
